"""What the evidence buckets must be like, as data; ``infra.vault.s3_setup`` applies and verifies it.

``<bucket>``, ``<prefix>``, ``<site>``, ``<application>`` and ``<erasure>`` stand for what the operator says.
"""
