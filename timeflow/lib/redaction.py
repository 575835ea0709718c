"""Logs without keys and names: links in letters, codes of a sign-in, tokens and addresses are cut out of every line."""

import logging
import re

GONE = "…"
SECRETS = (
    # Links that must carry a token: to confirm an address, to reset a password.
    re.compile(r"(/(?:confirm-email|password/reset/key)/)(?!done/)[^/\s\"'?&]+"),
    # What a provider sends along on the way back, and what else is secret in a query; a short word is a choice of ours.
    re.compile(r"([?&](?:code|state|token|key|id_token|access_token)=)[^&\s\"'#]{12,}"),
    # The address of somebody's plan.
    re.compile(r"(/feeds/plan/)[\w-]+"),
    # API tokens and session tokens, wherever they were put.
    re.compile(r"(tfp_)[\w-]+"),
    re.compile(r"(eyJ)[\w-]{6,}\.[\w-]+\.[\w-]*"),
    # E-mail addresses: a log knows people by their ids.
    re.compile(r"()(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
)


def without_secrets(line: str) -> str:
    for secret in SECRETS:
        line = secret.sub(rf"\g<1>{GONE}", line)
    return line


class WithoutSecrets(logging.Filter):
    """Lets every record pass, its message redacted. Goes on a handler, or on a logger of somebody else's."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            line = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # A line that cannot be put together is logging's own to report.
            return True
        redacted = without_secrets(line)
        if redacted != line:
            record.msg, record.args = redacted, ()
        return True
