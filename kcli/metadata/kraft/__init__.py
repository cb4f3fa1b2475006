"""The standalone keeper: a KRaft metadata log (__cluster_metadata-0)."""
