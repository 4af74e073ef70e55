"""Ways round the market in a few words: phone numbers, WeChat and QQ ids, links.

What is said at a fair is read out before everybody: a number that stands there is called by strangers, or is
an advertisement's.
"""

import re
import unicodedata

_DIGITS = str.maketrans("零〇幺一二两三四五六七八九壹贰叁肆伍陆柒捌玖", "0011223456789123456789")
# Seven digits and more in one run, whatever stands between them but words; amounts and times have fewer.
_NUMBER = re.compile(r"(?<![0-9])[0-9](?:[^0-9a-z\u4e00-\u9fff]*[0-9]){6,}")
_APP = r"(?:微信|薇信|威信|徽信|卫星|v信|vx|wx|weixin|wechat|扣扣|企鹅|qq|抖音|快手)"
_ID = re.compile(_APP + r"(?:号|号码|id)?(?:是|为|加|搜)?[^0-9a-z\u4e00-\u9fff]{0,3}[a-z][a-z0-9_\-]{4,}")
_ADD = re.compile(
    r"(?:加|\+)(?:[^0-9a-z\u4e00-\u9fff]{0,2}(?:v|vx|wx|qq)(?![a-z])|(?:我|俺)的?(?:微信|薇信|扣扣))"
)
_LINK = re.compile(r"https?:|www\.|[a-z0-9\-]+\.(?:com|cn|net|top|xyz|vip|cc|club|shop)(?![a-z])")


def stand_in(text: str) -> bool:
    """Whether the text gives a way to somebody past the market."""
    plain = "".join(_plain(char) for char in unicodedata.normalize("NFKC", text).lower())
    # With its spaces and without them: 「微 信 wang_2005」, and 「加 v wang」, where the space ends the word.
    spellings = plain, re.sub(r"\s", "", plain)
    return any(rule.search(one) for rule in (_ID, _ADD, _LINK) for one in spellings) or (
        _NUMBER.search(plain.translate(_DIGITS)) is not None
    )


def _plain(char: str) -> str:
    """Return a digit of any script as 0 to 9 (❶, ١), and nothing for what takes no room (keycaps)."""
    if unicodedata.category(char) in ("Cf", "Mn", "Me"):
        return ""
    return str(unicodedata.digit(char, char))
