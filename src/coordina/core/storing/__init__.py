"""Where the bytes of files live: a folder of this machine, or a bucket of a service that speaks S3.

Rooms name a place by its area and name (`areas`) and never by a path; which kind of store holds it is said by
`COORDINA_FILES` (`address`). A bucket that does not answer raises `FilesAway`, which doors answer with 503.
"""
