"""The kiosk: the machine's touch screen, a page that the agent serves to the browser on the same computer (ADR 0034).

screen.py    the Screen port: what is shown now, and what was pressed
pictures.py  the pictures of the items that are shown
site.py      the page, the pictures and the live feed, on localhost
serving.py   a thread that serves it
page/        HTML, CSS and small JavaScript modules; words.json has every word in both languages
"""
