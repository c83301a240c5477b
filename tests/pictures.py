"""Draws the pictures in the README and the documents: `make pictures`, which needs Chromium.

The messages of an alert are those that a sandbox of Discord and Telegram received from a real run. The page,
the card and the summary are those of the golden files, which a test holds against a sandbox. Each picture
carries the page that it was drawn from, so that a test tells without Chromium when it is stale.
"""

from __future__ import annotations

import base64
import html
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from streaky.config.sources import Sources
from streaky.guard import guard
from streaky.sandbox import Sandbox
from streaky.sandbox.discord.webhook import Message as OnDiscord
from streaky.sandbox.telegram.bot import Message as OnTelegram
from tests.png import reduced

ROOT = Path(__file__).parents[1]
FOLDER, GOLDEN = ROOT / "docs/pictures", ROOT / "tests/golden"
PICTURE = FOLDER / "alert.png"
CARD = FOLDER / "card.svg"  # which browsers draw themselves, light or dark
EVENING = datetime(2026, 11, 23, 20, 30, tzinfo=UTC)
STREAK, ZONE, LOCAL_TIME = 42, "Europe/Berlin", "21:30"
WORKFLOW = ".github/workflows/streaky.yml"
WIDTH, SCALE = 900, 2  # pixels of the page, and how many of the picture stand for one
TALL = 4000  # more than any page needs
BACKGROUND = "--default-background-color=00000000"  # nothing around the cards, so that any page's colour fits
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
]
KEYWORD = "Page"

STYLE = """
* { box-sizing: border-box; margin: 0; }
body { display: flex; gap: 16px; padding: 2px; color: #1f2328; }
body { font: 13px/1.45 "Liberation Sans", Arial, sans-serif; }
section { flex: 1; padding: 14px; border: 1px solid #d1d9e0; border-radius: 12px; }
header { font-size: 11px; color: #59636e; margin-bottom: 12px; text-transform: uppercase; }
b, h2 { font-weight: 700; }
.link { color: #0969da; }
.discord { background: #ffffff; }
.from { display: flex; gap: 10px; }
.face { flex: none; width: 36px; height: 36px; border-radius: 50%; background: #1f2328; padding: 7px; }
.name { font-weight: 700; font-size: 14px; margin-bottom: 5px; }
.name i { font: 700 9px/14px "Liberation Sans", Arial; border-radius: 3px; padding: 1px 4px; }
.name i { color: #fff; background: #5865f2; }
.name small { font-weight: 400; font-size: 11px; color: #59636e; }
.embed { background: #f6f8fa; padding: 9px 12px; }
.embed { border: 1px solid #e3e5e8; border-left-width: 4px; border-radius: 4px; }
.embed h2 { font-size: 14px; margin-bottom: 4px; }
.author, .foot { font-size: 12px; font-weight: 700; margin-bottom: 3px; }
.foot { font-weight: 400; font-size: 11px; color: #59636e; margin: 7px 0 0; }
.fields { display: grid; grid-template-columns: auto auto auto; gap: 5px 10px; }
.fields { margin-top: 7px; font-size: 12px; }
.buttons { display: flex; gap: 8px; margin-top: 8px; font-size: 12px; }
.buttons b { flex: 1; padding: 6px; border-radius: 6px; background: #e3e5e8; text-align: center; }
.telegram .buttons { flex-direction: column; gap: 3px; margin-top: 3px; }
.telegram .buttons b { background: #7c9a8f; color: #ffffff; }
.telegram { flex: none; width: 388px; background: #d5e6de; }
.bubble { background: #ffffff; border-radius: 12px 12px 12px 3px; padding: 9px 12px; white-space: pre-line; }
.bubble time { display: block; text-align: right; font-size: 11px; color: #59636e; margin-top: 2px; }
"""
# As GitHub shows Markdown, near enough.
GITHUB = """
body { margin: 0; }
main { padding: 24px 32px; background: #ffffff; color: #1f2328; border: 1px solid #d1d9e0; }
main { font: 16px/1.5 "Liberation Sans", Arial, sans-serif; border-radius: 12px; overflow: hidden; }
h1, h2 { margin: 24px 0 16px; padding-bottom: 0.3em; border-bottom: 1px solid #d1d9e0; font-weight: 600; }
h1 { font-size: 2em; margin-top: 0; }
h2 { font-size: 1.5em; }
h2:first-child { margin-top: 0; }
p, table, pre, blockquote { margin: 0 0 16px; }
table { border-collapse: collapse; }
td, th { border: 1px solid #d1d9e0; padding: 6px 13px; }
a { color: #0969da; text-decoration: none; }
blockquote { padding: 0 1em; border-left: 4px solid #d1d9e0; color: #59636e; }
pre { padding: 16px; background: #f6f8fa; font-size: 85%; white-space: pre-wrap; word-break: break-all; }
hr { height: 4px; border: 0; background: #d1d9e0; }
"""
MEASURE = "<script>document.body.dataset.height = document.body.scrollHeight</script>"
# Chromium writes a page without any transparency in another form, which png.py does not read.
NEARLY_WHITE = "html { background: rgb(255 255 255 / 99.6%); }"
FILLED = """<script>
for (const each of document.querySelectorAll("[name=login], [value=discord], [value=telegram]")) {
  each.name === "login" ? (each.value = "octocat") : (each.checked = true);
  each.dispatchEvent(new Event("input", { bubbles: true }));
}
</script>"""
FLASH = '<svg viewBox="0 0 22 22" fill="#f0883e"><path d="M13 1 4 13h6l-1 8 9-12h-6z"/></svg>'


def messages() -> tuple[OnDiscord, OnTelegram]:
    """What a run of an evening sent, as Discord and Telegram received it."""
    workflow = (ROOT / "template" / WORKFLOW).read_text("utf-8").replace("Etc/UTC", ZONE)
    today = EVENING.date()
    with Sandbox() as sandbox, TemporaryDirectory() as workspace:
        days: dict[date, int] = {today - timedelta(days=back): 1 for back in range(1, STREAK + 1)}
        sandbox.github.person("octocat", created=date(2011, 1, 25), contributions=days)
        sandbox.github.repository("octocat/streaky", {WORKFLOW: workflow})
        hook, bot = sandbox.discord.add_webhook(), sandbox.telegram.add_bot()
        bot.add_chat(1)
        environment = {
            "GITHUB_API_URL": sandbox.github.url,
            "GITHUB_GRAPHQL_URL": f"{sandbox.github.url}/graphql",
            "GITHUB_TOKEN": "ghs_sandboxSandboxSandboxSandbox0000",
            "GITHUB_REPOSITORY": "octocat/streaky",
            "GITHUB_WORKFLOW_REF": f"octocat/streaky/{WORKFLOW}@refs/heads/main",
            "GITHUB_WORKSPACE": workspace,
            "DISCORD_WEBHOOK_URL": hook.url,
            "TELEGRAM_API_URL": sandbox.telegram.url,
            "TELEGRAM_BOT_TOKEN": bot.token,
            "TELEGRAM_CHAT_ID": "1",
        }
        guard(Sources({}, environment), EVENING)
        (on_discord,), (on_telegram,) = hook.messages, bot.messages
        return on_discord, on_telegram


def page() -> str:
    """The two messages as Discord and Telegram show them, as one page of HTML."""
    on_discord, on_telegram = messages()
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{STYLE}</style><body>'
        f'<section class="discord"><header>Discord</header>{_posted(on_discord)}</section>'
        f'<section class="telegram"><header>Telegram</header>{_bubble(on_telegram)}</section>'
        f"{MEASURE}</body></html>\n"
    )


def on_github(name: str) -> str:
    """A golden file of Markdown as GitHub shows it, as one page of HTML; the card in it included."""
    import markdown

    body = markdown.markdown(
        (GOLDEN / name).read_text("utf-8"), extensions=["tables", "fenced_code"], output_format="html"
    )
    drawn = base64.b64encode(CARD.read_bytes()).decode()
    body = re.sub(r"<source[^>]*>", "", body).replace(
        "card.svg#light", f"data:image/svg+xml;base64,{drawn}", 1
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{GITHUB}</style>'
        f"<body><main>{body}</main>{MEASURE}</body></html>\n"
    )


def set_up() -> str:
    """The set-up page as octocat fills it in, in one file."""
    docs = ROOT / "docs"
    text, style, script = (
        (docs / name).read_text("utf-8") for name in ("index.html", "setup.css", "setup.js")
    )
    text = re.sub(r'<meta http-equiv="Content-Security-Policy".*\n', "", text)  # it knows other files alone
    text = text.replace('<link rel="stylesheet" href="setup.css">', f"<style>{style}{NEARLY_WHITE}</style>")
    text = text.replace('<script src="setup.js" defer></script>\n', "")
    return text.replace("</body>", f"<script>{script}</script>{FILLED}{MEASURE}</body>")


def pictures() -> dict[Path, tuple[str, int]]:
    """Each picture with the page that it is drawn from, and how many of its pixels stand for one."""
    return {
        PICTURE: (page(), SCALE),
        FOLDER / "page.png": (on_github("page.txt"), 1),
        FOLDER / "summary.png": (on_github("summary.txt"), 1),
        FOLDER / "set-up.png": (set_up(), 1),
    }


def _posted(message: OnDiscord) -> str:
    (embed,) = message.embeds
    fields = "".join(
        f"<div><b>{_marked(each['name'])}</b><br>{_marked(each['value'])}</div>" for each in embed["fields"]
    )
    return (
        f'<div class="from"><div class="face">{FLASH}</div><div><p class="name">Streaky <i>APP</i>'
        f" <small>Today at {LOCAL_TIME}</small></p>"
        f"<p>{_marked(message.content)}</p>"
        f'<div class="embed" style="border-left-color:#{embed["color"]:06x}">'
        f'<p class="author">{_marked(embed["author"]["name"])}</p>'
        f"<p>{_marked(embed['description'])}</p>"
        f'<div class="fields">{fields}</div>'
        f'<p class="foot">{_marked(embed["footer"]["text"])} • Today at {LOCAL_TIME}</p></div>'
        f"{_buttons(message.buttons)}</div></div>"
    )


def _marked(text: str) -> str:
    """Discord's Markdown, as far as our alerts use it, as HTML."""
    shown = html.escape(text, quote=False)
    shown = re.sub(r"&lt;t:(\d+):([tR])&gt;", _time, shown)
    return re.sub(r"\\([^\w\s])", r"\1", shown).replace("\n", "<br>")


def _time(found: re.Match[str]) -> str:
    """A time as Discord shows it to somebody in this zone, at the moment of the alert."""
    at = datetime.fromtimestamp(int(found[1]), ZoneInfo(ZONE))
    hours = round((at - EVENING) / timedelta(hours=1))
    return f"in {hours} hours" if found[2] == "R" else f"{at:%H:%M}"


def _buttons(buttons: dict[str, str]) -> str:
    return '<div class="buttons">' + "".join(f"<b>{html.escape(each)}</b>" for each in buttons) + "</div>"


def _bubble(message: OnTelegram) -> str:
    """Telegram's HTML is HTML already."""
    shown = f'<div class="bubble">{message.text}<time>{LOCAL_TIME}</time></div>'
    return shown + _buttons(message.buttons)


def draw(source: str, chromium: str, scale: int) -> bytes:
    """The page as a PNG that carries it."""
    with TemporaryDirectory() as folder:
        place, shot = Path(folder, "page.html"), Path(folder, "page.png")
        place.write_text(source, "utf-8")
        start = [chromium, *FLAGS, f"--user-data-dir={folder}/profile", BACKGROUND]

        def run(*flags: str) -> str:
            command = [*start, *flags, place.as_uri()]
            environment = os.environ | {"TZ": ZONE, "LANGUAGE": "en"}  # which the set-up page begins with
            done = subprocess.run(
                command, env=environment, check=True, capture_output=True, text=True, timeout=60
            )
            return done.stdout

        height = re.search(r'data-height="(\d+)"', run(f"--window-size={WIDTH},{TALL}", "--dump-dom"))
        assert height, "Chromium did not run the page's script."
        size = f"--window-size={WIDTH},{height[1]}"
        run(size, f"--force-device-scale-factor={scale}", f"--screenshot={shot}")
        return reduced(shot.read_bytes(), KEYWORD, source)


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print(
            "error: drawing the picture needs Chromium: install Debian's package chromium.", file=sys.stderr
        )
        return 2
    FOLDER.mkdir(exist_ok=True)
    shutil.copyfile(GOLDEN / "page.card.svg", CARD)
    for path, (source, scale) in pictures().items():
        path.write_bytes(draw(source, chromium, scale))
        print(f"wrote {path.relative_to(ROOT)}, {path.stat().st_size / 1024:.0f} KiB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
