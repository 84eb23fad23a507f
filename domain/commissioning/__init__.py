"""What a machine's self-test measures, what is right, and the report that says so. One rule, one file.

The laws:
1. A rule gets numbers and says what they mean; it measures nothing, moves nothing and asks nobody.
2. A line stands for itself: what is wrong with a part fails its line, and what cannot be measured for want of that part
   is not measured, which is another thing than failed.
3. Nothing turns unless `safety` says so, right before it turns.
"""
