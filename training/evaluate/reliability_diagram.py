"""Reliability diagram as SVG: accuracy by confidence, for evaluate.py."""

SIZE, MARGIN = 320, 44


def reliability_bins(confidence: list[float], right: list[bool], bins: int) -> list[tuple[float, float, int]]:
    """(mean confidence, accuracy, posts) of each non-empty bin of equal width."""
    members: dict[int, list[tuple[float, bool]]] = {}
    for pair in zip(confidence, right, strict=True):
        members.setdefault(min(int(pair[0] * bins), bins - 1), []).append(pair)
    rows = []
    for _, pairs in sorted(members.items()):
        rows.append((sum(chance for chance, _ in pairs) / len(pairs), sum(was_right for _, was_right in pairs) / len(pairs), len(pairs)))
    return rows


def reliability_svg(rows: list[tuple[float, float, int]], title: str) -> str:
    """A dot per bin, with an area proportional to its posts; on the diagonal, the model is perfectly calibrated."""
    inner = SIZE - 2 * MARGIN
    most = max((posts for _, _, posts in rows), default=1)

    def place(confidence: float, share: float) -> tuple[float, float]:
        return round(MARGIN + inner * confidence, 1), round(SIZE - MARGIN - inner * share, 1)

    dots = []
    for confidence, share, posts in rows:
        x, y = place(confidence, share)
        words = f"{posts} posts: confidence {confidence:.2f}, right {share:.2f}"
        dots.append(f'<circle cx="{x}" cy="{y}" r="{3 + 9 * (posts / most) ** 0.5:.1f}" fill="#2a6fb0" fill-opacity="0.75"><title>{words}</title></circle>')
    ticks = []
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = place(tick, tick)
        ticks.append(f'<text x="{x}" y="{SIZE - MARGIN + 16}" text-anchor="middle">{tick:g}</text><text x="{MARGIN - 8}" y="{y + 4}" text-anchor="end">{tick:g}</text>')
    frame = f'<rect x="{MARGIN}" y="{MARGIN}" width="{inner}" height="{inner}" fill="none" stroke="#888"/>'
    diagonal = f'<line x1="{MARGIN}" y1="{SIZE - MARGIN}" x2="{SIZE - MARGIN}" y2="{MARGIN}" stroke="#888" stroke-dasharray="4 4"/>'
    words = [f'<text x="{SIZE / 2:g}" y="22" text-anchor="middle" font-weight="bold">{title}</text>',
             f'<text x="{SIZE / 2:g}" y="{SIZE - 8}" text-anchor="middle">confidence</text>',
             f'<text x="12" y="{SIZE / 2:g}" text-anchor="middle" transform="rotate(-90 12 {SIZE / 2:g})">accuracy</text>']
    body = "\n".join([frame, diagonal, *ticks, *words, *dots])
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" font-family="sans-serif" font-size="11" fill="#555" role="img">\n'
            f'<rect width="{SIZE}" height="{SIZE}" fill="#fff"/>\n{body}\n</svg>\n')
