import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MappingInput } from '../../../src/config/mapping.ts';
import { mapMessage, mapPost } from './map-message.ts';

const textOf = (text: unknown, mapping?: MappingInput): string => mapPost({ platform: 'm', id: 1, text }, mapping).text;
const fromHtml = (text: string, mapping?: MappingInput): string => textOf(text, { html: true, ...mapping });

describe('plain text', () => {
  it.each([
    ['Jeans &amp; shirts from H&amp;M', 'Jeans & shirts from H&M'],
    ['Tarnwick&#x27;s tea &#8211; &quot;lovely&quot;', 'Tarnwick\'s tea – "lovely"'],
    ['&lt;b&gt; is a tag, <b> too', '<b> is a tag, <b> too'],
    ['&amp;lt; is decoded once', '&lt; is decoded once'],
    ['AT&T &unknown; &amp', 'AT&T &unknown; &amp'],
    ['nothing &#0; &#xd800; there', 'nothing \ufffd \ufffd there'],
    ['line\n\n  another ', 'line\n\n  another '],
  ])('%j becomes %j', (text, expected) => {
    expect(textOf(text)).toBe(expected);
  });

  it.each<[unknown, string]>([
    [['I love ', { type: 'hashtag', text: '#brixomel' }, ' & more'], 'I love #brixomel & more'],
    [[{ type: 'link', text: 'https://brixomel.example' }], 'https://brixomel.example'],
  ])('in parts is joined: %j', (text, expected) => {
    expect(textOf(text)).toBe(expected);
  });

  it('leaves ids and addresses undecoded', () => {
    const post = mapPost({
      platform: 'm',
      id: 'a&amp;b',
      text: 'x',
      url: 'https://m.example/?a&amp;b',
      author: { id: 'u&lt;', name: 'Ines &amp; Tomas' },
    });
    expect(post).toMatchObject({ id: 'a&amp;b', url: 'https://m.example/?a&amp;b', author: { id: 'u&lt;', name: 'Ines & Tomas' } });
  });
});

describe('without a setting for HTML', () => {
  it.each([
    ['<p>Tarnwick&#39;s <a href="https://m.example/tags/tea" class="mention hashtag">#<span>tea</span></a></p>', "Tarnwick's #tea"],
    ['The Brixomel is <b>great</b>', 'The Brixomel is great'],
    ['one<br>two<BR />three', 'one\ntwo\nthree'],
    ['see <a href="https://tarnwick.example" target="_blank">here</a>', 'see here'],
  ])('%j is taken for HTML', (text, expected) => {
    expect(textOf(text)).toBe(expected);
    expect(textOf(text, { html: false })).toContain('<');
  });

  it.each([
    'use <p> for paragraphs',
    '</p> again',
    'I <3 Brixomel, you </3 it',
    '<rant>never again</rant>',
    'if a<b and b>c',
    '<script>alert(1)</script>',
    'Map<string, number>',
  ])('%j is not', (text) => {
    expect(textOf(text)).toBe(text);
  });

  it('is decided in linear time', () => {
    const started = performance.now();
    for (const unit of ['<p>', '<p ', '<', '<b a="', '</b>']) textOf(unit.repeat(200_000 / unit.length));
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('quotes', () => {
  it.each([
    ['&gt; Brixomel is awful\n\nNot true, I love it', 'Not true, I love it'],
    ['> one\n>two\n>> three\nmine\n> four\nalso mine', 'mine\nalso mine'],
    ['>:( never again', '>:( never again'],
    ['>!the end!< surprised me', '>!the end!< surprised me'],
    ['5 > 3', '5 > 3'],
    ['> only a quote', '> only a quote'],
    ['   \n> only a quote', '   \n> only a quote'],
  ])('are removed unless nothing is left: %j', (text, expected) => {
    expect(textOf(text, { stripQuotes: true })).toBe(expected);
  });

  it('stay if the mapping does not remove them', () => {
    expect(textOf('> quoted\nmine')).toBe('> quoted\nmine');
    expect(fromHtml('<blockquote>quoted</blockquote>mine')).toBe('quoted\n\nmine');
  });

  it.each([
    ['<blockquote><p>quoted <b>text</b></p></blockquote><p>mine</p>', 'mine'],
    ['<p>&gt; quoted</p><p>mine</p>', 'mine'],
    ['mine<blockquote>quoted<blockquote>deeper</blockquote>quoted</blockquote>mine', 'mine\n\nmine'],
    ['mine</blockquote> too', 'mine\n\ntoo'],
    ['mine<blockquote>never closed', 'mine'],
    ['<p class="quote-inline">RE: <a href="https://m.example/1">m.example/1</a></p><p>mine</p>', 'mine'],
    ['<blockquote>only a quote</blockquote>', 'only a quote'],
  ])('in HTML: %s', (text, expected) => {
    expect(fromHtml(text, { stripQuotes: true })).toBe(expected);
  });
});

describe('HTML', () => {
  const address = 'https://news.example/2026/06/a-long-path/to-an-article?id=7&lang=en';
  const escaped = address.replaceAll('&', '&amp;');

  it.each([
    ['<p>One</p><p>Two<br>three<br/><br/>four</p>', 'One\n\nTwo\nthree\n\nfour'],
    ['<div>One</div><div>Two</div> <ul><li>a</li><li>b</li></ul>', 'One\nTwo\n\na\nb'],
    ['  white \n\t space  <b> is </b> one   <i>space</i> ', 'white space is one space'],
    ['a<pre><code>  two\n    lines</code></pre>b', 'a\n\n  two\n    lines\n\nb'],
    ['no tags,\nso lines stay &amp; entities go', 'no tags,\nso lines stay & entities go'],
    ['<p>H&amp;M &lt;3 &amp;lt; caf&eacute; &copy</p>', 'H&M <3 &lt; café ©'],
    ['<p>I <3 Brixomel & more<p>unclosed', 'I <3 Brixomel & more\n\nunclosed'],
    ['a<script>if (1 < 2) alert("<b>x</b>")</script>b<style>p { color: red }</style>c<!-- no -->d', 'abcd'],
    ['<head><title>Title</title><body>text', 'text'],
    ['so happy <img class="emoji" alt="😀" src="x.png"> <img alt="a photo">', 'so happy 😀'],
    ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>', 'a b\nc'],
    ['<a href="https://m.example/@ines" class="mention">@<span>ines</span></a> hi', '@ines hi'],
    ['<a href="https://m.example/tags/brixomel" rel="tag">#<span>brixomel</span></a>', '#brixomel'],
    [`see <a href="${escaped}">the article</a>.`, 'see the article.'],
    [`see <a href="${escaped}">${escaped}</a>.`, `see ${address}.`],
    [`see <a href="${escaped}">https://news.example/2026/06/a-lo...</a>`, `see ${address}`],
    [`see <a href="${escaped}">news.example/2026/06/a-lo…</a> now`, `see ${address} now`],
    [
      `<a href="${escaped}" target="_blank"><span class="invisible">https://</span><span class="ellipsis">news.example/2026/06</span><span class="invisible">/a-long-path/to-an-article?id=7&amp;lang=en</span></a>`,
      address,
    ],
    ['<a href="https://other.example/">brand.example</a>', 'brand.example'],
    ['<a href="javascript:alert(1)">javascript:alert(1)</a>', 'javascript:alert(1)'],
    ['at <a href="https://video.example/?v=1&amp;t=30">0:30</a>', 'at 0:30'],
    ['text <a href="https://m.example/photo"><img src="x"></a>', 'text'],
    ['<a href="https://a.example/x">a.example/x', 'https://a.example/x'],
    ['\u0000<p>a\u0000b</p>', 'ab'],
  ])('%s', (html, expected) => {
    expect(fromHtml(html)).toBe(expected);
  });

  it('without any text is missing-text', () => {
    expect(mapMessage({ platform: 'm', id: 1, text: '<p> <br></p>' }, { html: true })).toEqual({ posts: [], rejected: 'missing-text' });
  });

  it.each([
    ['nested tags', `${'<div>'.repeat(5_000)}x${'</div>'.repeat(5_000)}`],
    ['tags that are never closed', `x${'<b>'.repeat(80_000)}`],
    ['tags that were never opened', `${'<b>'.repeat(40_000)}x${'</i>'.repeat(30_000)}`],
    ['nested links', `x${'<a href="https://a.example">'.repeat(8_000)}`],
    ['nested quotes', `x${'<blockquote>'.repeat(20_000)}`],
    ['angle brackets', `x ${'< '.repeat(120_000)}`],
    ['ampersands', `<p>x${'&'.repeat(240_000)}`],
    ['attributes', `<p ${'a '.repeat(100_000)}>x`],
    ['spaces', `<p>x${' <b>'.repeat(60_000)}`],
  ])('takes linear time for %s', (_, html) => {
    const started = performance.now();
    expect(fromHtml(html, { stripQuotes: true })).toMatch(/^x/);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('of any kind becomes text without a known tag, and never throws', () => {
    const piece = fc.constantFrom(
      '<p>',
      '</p>',
      '<br>',
      '<a href="',
      '">',
      '</a>',
      '<blockquote>',
      '</blockquote>',
      '<',
      '>',
      '&',
      '&lt;',
      '<!--',
      '-->',
      '<script>',
      '</script>',
      'word',
      ' ',
      '\n',
      '\u0000',
      '\ud83d',
      '=',
      "'",
      '/',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { posts, rejected } = mapMessage({ platform: 'm', id: 1, text: pieces.join('') }, { html: true, stripQuotes: true });
        expect(posts.length === 1 || rejected === 'missing-text').toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});
