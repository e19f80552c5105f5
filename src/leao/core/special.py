"""The distribution functions of what a plain install serves: scipy's where it is installed, else our own in numpy.

Whoever simulates has scipy; its bits are those of every number written down. Without it an answer differs in the last
digits, as it does between two versions of numpy (a test compares them).
"""

try:
    from scipy.special import betaincinv, logsumexp, ndtr, ndtri, stdtr, stdtrit
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "scipy":
        raise
    from leao.core.plain_special import betaincinv, logsumexp, ndtr, ndtri, stdtr, stdtrit

__all__ = ["betaincinv", "logsumexp", "ndtr", "ndtri", "stdtr", "stdtrit"]
