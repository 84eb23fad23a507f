"""`rvm machine --simulated`: one machine with its kiosk in a browser, on simulated hardware, and hands to play with it.

The kiosk is the agent's own page in a frame. The hands beside it touch the simulated world and nothing else: what they
do reaches the machine as pixels, edges and missing answers, and the intake makes of it what it would of the real thing.
The platform is embedded, so that codes are worth something and points arrive.

    hands.py   what hands can do
    site.py    the page around the kiosk
    run.py     the command: first line, start, play, end, proof, exit status
"""
