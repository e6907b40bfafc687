"""The real window, driven by keys alone: for the tour's screenshots, and for the tests of whole journeys.

    hand = Hand(window)
    hand.press("Ctrl+N")
    hand.write("How many stays …?")
    hand.push("Send")                      # tabs to the button of that name, presses Space
    hand.wait(lambda: window.standing.questions == 1, "a question is there")

A hand can only do what a person at a keyboard can: a widget that Tab does not reach is not reached.
"""
