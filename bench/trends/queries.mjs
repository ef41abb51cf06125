const hour = 3_600_000;
const day = 24 * hour;

/**
 * The queries of typical users, each with its p95 limit in milliseconds. Every round asks about another brand or another
 * hour: `at(round)` is the URL.
 */
export function queriesFor({ brands, from, to }) {
  const end = Date.parse(to);
  const iso = (ms) => new Date(ms).toISOString();
  const ask = (path, query) => `/api/v1/${path}?${new URLSearchParams(query)}`;
  const last = (length) => ({ from: length === undefined ? from : iso(end - length), to });
  const brandOf = (round) => brands[round % brands.length];
  const of =
    (path, length, more = {}) =>
    (round) =>
      ask(path, { brand: brandOf(round), ...last(length), ...more });

  return [
    { name: 'summary of a brand, 24 hours', limit: 200, at: of('summary', day) },
    { name: 'summary of a brand, 7 days', limit: 200, at: of('summary', 7 * day) },
    { name: 'summary of a brand, 30 days', limit: 200, at: of('summary', 30 * day) },
    { name: 'summary of a brand, a year', limit: 200, at: of('summary') },
    { name: 'trend of a brand by hour, 7 days', limit: 200, at: of('trends', 7 * day, { grain: 'hour', timeZone: 'Europe/Berlin' }) },
    { name: 'trend of a brand by day, a year', limit: 200, at: of('trends', undefined, { grain: 'day', timeZone: 'Pacific/Auckland' }) },
    {
      name: 'share of voice of five brands, 30 days',
      limit: 200,
      at: (round) => ask('share-of-voice', [...Object.entries(last(30 * day)), ...fiveFrom(brands, round).map((name) => ['brands', name])]),
    },
    { name: 'platforms and languages of a brand, 30 days', limit: 200, at: of('breakdown', 30 * day) },
    {
      name: 'first page of posts of a clicked hour',
      limit: 200,
      at: (round) => {
        const clicked = end - (1 + ((round * 37) % 8_000)) * hour;
        return ask('posts', { brand: brandOf(round), from: iso(clicked), to: iso(clicked + hour) });
      },
    },
    { name: 'volume of all posts by day, a year', limit: 200, at: () => ask('trends', { ...last(), grain: 'day' }) },
    {
      name: 'drivers of a brand, a week',
      limit: 1_000,
      at: (round) => {
        const until = end - (round % 50) * 7 * day;
        return ask('drivers', { brand: brandOf(round), from: iso(until - 7 * day), to: iso(until) });
      },
    },
  ];
}

const fiveFrom = (brands, round) => Array.from({ length: 5 }, (_, index) => brands[(round + index * 7) % brands.length]);
