-- Where to go on from what this transaction reads. In: nothing. Out: one text.
SELECT rowcast.position()
