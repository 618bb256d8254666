"""Who looks for malware in uploaded files: ClamAV, or nobody."""
