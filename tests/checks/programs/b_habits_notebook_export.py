# ruff: noqa  kept as it was written
# In[1]: exported from my notebook, cleaned a bit (K.)
import sys, time, json, copy, random, math, gc
import statistics as st
from collections import deque, ChainMap, namedtuple
from datetime import date, datetime, timedelta
from pprint import pformat
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt

pd.set_option("display.max_rows", 20)
pd.options.display.width = 120
plt.rcParams["figure.figsize"] = (6, 3)
random.seed(1)
np.random.seed(1)

PARAMETERS = {"window": 5, "since": "2022-02-01", "groups": {"hf": "I50", "pneu": "J18", "dm": "E11"}}

# In[2]:
DEFAULTS = {"color": "steelblue", "verbose": True}
__version__ = "0.3"


class Config(object):
    def __init__(self, **kw):
        self.__dict__.update(kw)

    def set(self, key, value):
        setattr(self, key, value)
        return self


class Timer:
    def __enter__(self):
        self.t0 = time.perf_counter()
        return self

    def __exit__(self, *exc):
        self.seconds = time.perf_counter() - self.t0
        return False


# In[3]:
def main(data, report, window, since, groups):
    cfg = Config(**ChainMap({"color": "tomato"}, DEFAULTS)).set("window", window)
    with Timer() as t:
        df = data.sql(
            "SELECT admit_dt, disch_dt, primary_dx, age_at_admit, los FROM ehr.encounters WHERE admit_dt >= :since",
            since=since,
        )
    if cfg.verbose:
        print("rows", len(df), "in", round(t.seconds, 3), "s", "python", sys.version_info[:2], file=sys.stderr)
    print(df.head())
    orig = copy.deepcopy(df)
    df = df.sort_values("admit_dt", kind="stable").reset_index(drop=True)

    # moving median the hard way
    buf, med = deque(maxlen=window), []
    for i, r in df.iterrows():
        if math.isnan(r["los"]):
            continue
        buf.append(r.los)
        med.append(st.median(buf))
    report.value("last moving median", round(med[-1], 2))
    res = dict()
    for g in groups.keys():
        exec_ = df["primary_dx"].str.startswith(groups[g]).fillna(False).astype(bool)
        res[g] = {
            "n": int(exec_.sum()),
            "mean": float(np.round(df[exec_].los.mean(), 2)),
            "mode": st.mode(df[exec_].age_at_admit.tolist()),
        }
        locals_ = dict(res[g])
        assert locals_["n"] > 0, f"nothing for {g}"
    report.text(json.dumps(res, indent=1, sort_keys=True))
    report.text(pformat(res["hf"], width=30))
    report.table("groups", pd.DataFrame(res).T)
    # report.table("old version", df.describe())
    first, last = df.admit_dt.min().date(), df.admit_dt.max().date()
    n_days = (last - first) // timedelta(days=1)
    report.value("days", n_days)
    report.value(
        "age of the data on 1.1.2025", (date(2025, 1, 1) - datetime.strptime(str(last), "%Y-%m-%d").date()).days
    )
    shuffled = list(range(10))
    random.Random(3).shuffle(shuffled)
    del orig
    gc.collect()
    fig = plt.figure()
    ax = plt.gca()
    ax.plot(med, color=getattr(cfg, "color", "k"), lw=0.8)
    ax.set_title(f"moving median (w={cfg.window}), v{__version__}")
    plt.tight_layout()
    report.figure("moving", fig)
    plt.show()
    plt.close("all")


# In[ ]:
