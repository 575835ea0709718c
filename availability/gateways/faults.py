"""How asking a provider fails. `words` are for people; nothing of an answer, which may hold secrets, is in them."""


class Fault(Exception):
    """Base of all. `words` is a sentence for the person whose calendar it is."""

    words = "The calendar could not be read."

    def __init__(self, words: str | None = None) -> None:
        self.words = words or self.words
        super().__init__(self.words)


class Away(Fault):
    """No answer, or one that says that the server is in trouble: the same is worth trying later."""

    words = "Its server does not answer at the moment; TimeFlow tries again by itself."


class Slow(Fault):
    """Asked too often. `after` are the seconds that the server wants to be left alone, None if it does not say."""

    words = "Its server asks for some patience; TimeFlow goes on by itself."

    def __init__(self, words: str | None = None, *, after: float | None = None) -> None:
        self.after = after
        super().__init__(words)


class GrantLost(Fault):
    """The permission was taken back or ran out, or the password is not taken: only the person can mend it."""

    words = "The permission is not valid any more; connect it again."


class Forbidden(Fault):
    """This one thing is not allowed, while the permission as such is good."""

    words = "Its server does not allow this."


class Missing(Fault):
    """The event or the calendar is not there."""

    words = "The calendar is not there any more."


class Changed(Fault):
    """The event is another since it was read, so it was not overwritten."""

    words = "It was changed there meanwhile."


class Taken(Fault):
    """The id of a new event was used before, perhaps by one that was deleted since."""

    words = "Its id was used before."


class TokenExpired(Fault):
    """The server does not know any more since when it was asked: everything must be read anew."""

    words = "Everything is read anew."


class Unsound(Fault):
    """What came is not what the protocol promises."""

    words = "What its server sends is not understood."
