"""Words for emoji. Where an emoji means the same in every post, its word says what; where the context decides (tears of joy or of
grief, a real or an ironic smile), the word describes the picture and the model learns the rest. All other emoji get the short name
that CLDR gives them."""

import re
import unicodedata

GROUPS = {
    "love": "😍 🥰 😘 😻 😽 ❤ 🧡 💛 💚 💙 💜 🤎 🖤 🤍 🩷 🩵 🩶 💕 💖 💗 💓 💞 💘 💝 💟 ❣ ♥ 😚 😙 😗 💋 🫶 ❤🔥",
    "happy": "😀 😃 😄 😁 😊 ☺ 😺 😸",
    "lol": "😂 🤣 😆 😹",
    "amazing": "🤩",
    "hooray": "🎉 🎊 🥳 🙌",
    "applause": "👏",
    "good": "👍",
    "dislike": "👎",
    "perfect": "👌",
    "strong": "💪",
    "cool": "😎",
    "yummy": "😋",
    "hug": "🤗 🫂",
    "angel": "😇",
    "smile": "🙂",
    "upside down smile": "🙃",
    "smile with tear": "🥲",
    "relieved": "😌",
    "nervous laugh": "😅",
    "wink": "😉 😜 😝 😛 🤪",
    "smirk": "😏 😼",
    "praying": "🙏",
    "sobbing": "😭",
    "teary eyes": "🥹",
    "weary": "😩 😫 🙀",
    "exhausted": "🫩",
    "sigh": "😮💨",
    "eye roll": "🙄",
    "facepalm": "🤦",
    "huff": "😤",
    "skull": "💀 ☠",
    "melting": "🫠",
    "salute": "🫡",
    "pleading": "🥺",
    "angry": "😡 😠 🤬 😾 👿 💢",
    "annoyed": "😒 😑",
    "disgusting": "🤮 🤢",
    "middle finger": "🖕",
    "poop": "💩",
    "broken heart": "💔",
    "mending heart": "❤🩹",
    "crying": "😢 😿",
    "sad": "😞 😔 ☹ 🙁 😟 😥 😣 😖 😓",
    "scared": "😨 😰",
    "screaming": "😱",
    "worried": "😧 😦",
    "clown": "🤡",
    "liar": "🤥",
    "sick": "🤒 🤕 😷 🤧",
    "hot": "🥵",
    "freezing": "🥶",
    "yawn": "🥱",
    "sleeping": "😴 😪 💤",
    "confused": "😕 🫤",
    "dizzy": "😵 😵💫 🥴 💫",
    "thinking": "🤔 🧐",
    "raised eyebrow": "🤨",
    "surprised": "😲 😮 😯",
    "mind blown": "🤯",
    "shrug": "🤷",
    "flushed": "😳",
    "grimace": "😬",
    "peeking": "🫣",
    "gasp": "🫢",
    "giggle": "🤭",
    "shaking": "🫨 🫪",
    "shush": "🤫",
    "zipped mouth": "🤐",
    "speechless": "😶 🫥 😶🌫",
    "blank look": "😐",
    "drooling": "🤤",
    "devil": "😈",
    "money eyes": "🤑",
    "nerd": "🤓",
    "finger heart": "🫰",
    "love you": "🤟",
    "rock on": "🤘",
    "fingers crossed": "🤞",
    "peace": "✌",
    "pointing": "☝ 👆 👇 👉 👈 🫵",
    "tiny bit": "🤏",
    "covering eyes": "🙈",
    "covering ears": "🙉",
    "covering mouth": "🙊",
    "saying no": "🙅",
    "saying ok": "🙆",
    "fire": "🔥",
    "hundred percent": "💯",
    "sparkles": "✨ ❇",
    "star": "🌟 ⭐ ★ ☆ 🌠",
    "trophy": "🏆",
    "gold medal": "🥇",
    "silver medal": "🥈",
    "bronze medal": "🥉",
    "wrong": "❌ ❎ ✖ ✗ ✘",
    "check": "✅ ✔ ☑ ✓",
    "forbidden": "🚫 ⛔",
    "trash": "🗑 🚮",
    "going down": "📉",
    "going up": "📈",
    "red flag": "🚩",
    "alarm": "🚨",
    "money flying away": "💸",
    "stone face": "🗿",
    "cap": "🧢",
    "low battery": "🪫",
    "dancing": "💃 🕺 👯",
    "champagne": "🍾",
    "explosion": "💥",
    "wilted rose": "🥀",
    "ok": "🆗",
    "cool sign": "🆒",
    "new": "🆕",
    "free": "🆓",
    "sos": "🆘",
    "top": "🔝",
    "soon": "🔜",
}
"""Words that the vocabulary has, by the emoji that they replace, sequences without their joiners and presentation selectors."""

SKIPPED = re.compile(
    r"(?i)\bJapanese\b|\bbutton\b|o[’']clock|-thirty|\bsquare\b|\barrows?\b|^input |\bdiamond\b|medium|^circled|"
    r"^(?:copyright|registered|trade mark|information|eject|wavy dash|part alternation mark|female sign|male sign)|mark$|\bloop\b|^keycap|"
    r"\bskin\b|^(?:Aries|Taurus|Gemini|Cancer|Leo|Virgo|Libra|Scorpio|Sagittarius|Capricorn|Aquarius|Pisces|Ophiuchus)$"
)
"""Symbols that are punctuation, layout or writing rather than pictures."""
PEOPLE = re.compile(r"\b(?:man|woman|men|women|person|people|boy|girl|family|child|couple|kiss)\b")
DROPPED = re.compile(r"'s\b|\b(?:face with|face|sign|symbol|person|the|of|with|and|in|on|from|a|for|single|small|large|heavy|emoji)\b|\([^)]*\)|[^a-z -]")
MAX_WORDS = 3
MODIFIERS = re.compile("[\ufe0e\ufe0f\u200d\u20e3\u2640\u2642\U0001f3fb-\U0001f3ff]")


def short_name(name: str) -> str:
    """A CLDR short name without its connecting words, at most three words: "nail polish", "chart increasing yen"."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("’", "'")).encode("ascii", "ignore").decode()
    words = DROPPED.sub(" ", plain.replace("-", " ")).split()
    return " ".join(words[:MAX_WORDS]) or name.lower()


def emoji_words(names: dict[str, str]) -> dict[str, str]:
    """The words of each emoji, from the CLDR short names of all emoji; of sequences with people only the parts are known, without
    skin tones, joiners and selectors. Longer sequences come first."""
    words = {emoji: word for word, group in GROUPS.items() for emoji in group.split(" ")}
    for sequence, name in names.items():
        key = MODIFIERS.sub("", sequence)
        is_picture = key and not re.match("[\U0001f1e6-\U0001f1ff0-9#*]", key) and not SKIPPED.search(name) and "\U000e0067" not in key
        if is_picture and not (len(key) > 1 and (":" in name or PEOPLE.search(name.lower()))):
            words.setdefault(key, short_name(name))
    return dict(sorted(words.items(), key=lambda item: (-len(item[0]), item[0])))
