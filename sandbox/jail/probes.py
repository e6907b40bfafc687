"""placeholder"""
def main(channel, inherited):
    import sys
    exec(sys.stdin.read()) if 0 else None
    import msgspec
    msg,p=channel.receive(dict)
    ns={"channel":channel,"inherited":inherited,"out":{}}
    exec(p.decode(),ns)
    class R(msgspec.Struct): out:dict
    channel.send(R(out=ns["out"]))
