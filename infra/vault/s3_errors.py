"""What S3 says when it does not do what it is asked: one table of classes, each with who can mend it.

Who is overloaded or away is asked again later, a full storage needs room, and everything else is the operator's: the
caller gets ``StorageMisconfigured``, ``/readyz`` and ``portfolio vault setup`` its sentence.
"""

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    SSLError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from portfolio.application.ports import Busy, StorageFull, StorageMisconfigured
from portfolio.domain.kernel import Rejected

MISSING = {"NoSuchKey", "NoSuchVersion", "404"}
"""An object is not there, which is no trouble of the storage's."""

OVERLOADED = "The file storage is overloaded: try again in a moment."
AWAY = "The file storage does not answer: try again in a moment."

CLOCK = "this machine's clock and the file storage's differ by more than a quarter of an hour: set right the wrong one"
NO_CREDENTIALS = "no credentials for the file storage are found: set the AWS_ variables, or give the machine a role"
CREDENTIALS = "the file storage does not know our credentials: look at the AWS_ variables"
EXPIRED = "our credentials for the file storage have expired: renew them, or let the machine's role renew them"
DENIED = "the file storage denies what the service must do: run `portfolio vault setup` with the role's ARN"
REGION = "the bucket lies in another region than AWS_REGION says"
NO_BUCKET = "there is no such bucket: run `portfolio vault setup`"
ENCRYPTION = "the key that the bucket is encrypted with cannot be used: look whether it is enabled and whom it lets in"
UNKNOWN_PART = "the file storage lacks something that the service needs, such as conditional writes (If-None-Match)"
NOT_TRUSTED = "the certificate of the file storage is not trusted: name its authority in AWS_CA_BUNDLE"

BUSY_CODES = frozenset(
    [
        "SlowDown",
        "ServiceUnavailable",
        "InternalError",
        "RequestTimeout",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
        "TooManyRequestsException",
        "BandwidthLimitExceeded",
        "ConditionalRequestConflict",
        "OperationAborted",
    ]
)
FULL_CODES = frozenset(
    [
        "QuotaExceeded",
        "EntityTooLarge",
        "InsufficientStorage",
        "InsufficientCapacity",
        "ServiceQuotaExceededException",
        "XMinioStorageFull",
        "XMinioAdminBucketQuotaExceeded",
    ]
)

OPERATORS: dict[str, str] = {
    **dict.fromkeys(["RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired"], CLOCK),
    **dict.fromkeys(["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"], EXPIRED),
    **dict.fromkeys(
        [
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "InvalidToken",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "AuthFailure",
            "InvalidSecurity",
        ],
        CREDENTIALS,
    ),
    **dict.fromkeys(["AccessDenied", "AllAccessDisabled", "AccountProblem", "NotSignedUp", "403"], DENIED),
    **dict.fromkeys(
        [
            "AuthorizationHeaderMalformed",
            "PermanentRedirect",
            "TemporaryRedirect",
            "Redirect",
            "IllegalLocationConstraintException",
            "InvalidLocationConstraint",
            "301",
            "307",
        ],
        REGION,
    ),
    "NoSuchBucket": NO_BUCKET,
    **dict.fromkeys(["NotImplemented", "MethodNotAllowed", "501", "405"], UNKNOWN_PART),
}
"""What an operator has to mend, by the code that S3 answers."""

LOCAL_FAULTS: dict[type[BotoCoreError], str] = {
    NoCredentialsError: NO_CREDENTIALS,
    PartialCredentialsError: NO_CREDENTIALS,
    CredentialRetrievalError: EXPIRED,
    TokenRetrievalError: EXPIRED,
    UnauthorizedSSOTokenError: EXPIRED,
    SSLError: NOT_TRUSTED,
}
"""What is wrong before anything was asked."""


def code_of(error: ClientError) -> str:
    """Return the code that the storage answered."""
    code: str = error.response["Error"]["Code"]
    return code


def refusal_of(error: Exception) -> Rejected | None:
    """Return what to answer where the storage did not do what it was asked, None if this is no trouble of its."""
    if isinstance(error, ClientError):
        return _refusal_of_answer(
            code_of(error), int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        )
    for kind, sentence in LOCAL_FAULTS.items():
        if isinstance(error, kind):
            return StorageMisconfigured(sentence)
    if isinstance(error, (ConnectionError, HTTPClientError, IncompleteReadError)):
        return Busy(AWAY)
    if isinstance(error, BotoCoreError):
        return StorageMisconfigured(f"the file storage cannot be asked ({type(error).__name__})")
    return None


def _refusal_of_answer(code: str, status: int) -> Rejected:
    if code in FULL_CODES or status == 507:
        return StorageFull()
    if code in BUSY_CODES:
        return Busy(OVERLOADED)
    if sentence := OPERATORS.get(code):
        return StorageMisconfigured(sentence)
    if code.startswith("KMS"):
        return StorageMisconfigured(ENCRYPTION)
    if status >= 500 or status == 429 or code in ("429", "500", "502", "503", "504"):
        return Busy(OVERLOADED)
    return StorageMisconfigured(f"the file storage refuses what the service must do ({code})")
