/** Status and Account entities as the API of Mastodon 4 returns them; people, servers and texts are fictitious. */

export interface TestStatus {
  readonly id: string;
  readonly created_at: string;
  readonly edited_at: string | null;
  readonly visibility: 'public' | 'unlisted' | 'private' | 'direct';
  /** HTML. */
  readonly content: string;
  readonly tags: readonly { readonly name: string; readonly url: string }[];
  readonly account: { readonly acct: string } & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What a test says about a status; the rest of the entity is filled in. */
export interface StatusInput {
  /** Plain text; `#words` become hashtags. */
  readonly text: string;
  /** `ines` for a local account, `tomas@elsewhere.example` for a remote one. */
  readonly acct?: string;
  readonly visibility?: TestStatus['visibility'];
  readonly language?: string;
  /** Host of the server of a remote account, where it is not the domain of the account. */
  readonly origin?: string;
  /** Milliseconds since 1970; a remote status may be older than its arrival. */
  readonly createdAt?: number;
  readonly inReplyToId?: string;
  readonly bot?: boolean;
  readonly spoilerText?: string;
}

export function createStatus(id: string, host: string, input: StatusInput, createdAt: number): TestStatus {
  const { text, acct = 'ines', origin, visibility = 'public', language = 'en', inReplyToId = null, bot = false, spoilerText = '' } = input;
  const [username = acct, domain = host] = acct.split('@');
  const tags = [...text.matchAll(/#([\p{L}\p{N}_]+)/gu)].map(([, name = '']) => ({ name: name.toLowerCase(), url: tagUrl(host, name) }));
  return {
    id,
    created_at: new Date(createdAt).toISOString(),
    in_reply_to_id: inReplyToId,
    in_reply_to_account_id: null,
    sensitive: spoilerText !== '',
    spoiler_text: spoilerText,
    visibility,
    language,
    uri: `https://${origin ?? domain}/users/${username}/statuses/${id}`,
    url: `https://${origin ?? domain}/@${username}/${id}`,
    replies_count: 0,
    reblogs_count: 0,
    favourites_count: 0,
    edited_at: null,
    content: toHtml(text, host),
    reblog: null,
    application: domain === host ? { name: 'Web', website: null } : null,
    account: createAccount(acct, username, domain, bot),
    media_attachments: [],
    mentions: [],
    tags,
    emojis: [],
    card: null,
    poll: null,
  };
}

/** The status after an edit. */
export function editStatus(status: TestStatus, text: string, host: string, editedAt: number): TestStatus {
  return { ...status, content: toHtml(text, host), edited_at: new Date(editedAt).toISOString() };
}

function createAccount(acct: string, username: string, domain: string, bot: boolean): TestStatus['account'] {
  return {
    id: String(100_000 + ([...acct].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) % 900_000)),
    username,
    acct,
    display_name: username.charAt(0).toUpperCase() + username.slice(1),
    locked: false,
    bot,
    discoverable: true,
    group: false,
    created_at: '2023-02-11T00:00:00.000Z',
    note: '<p>Tea, trains and small gardens</p>',
    url: `https://${domain}/@${username}`,
    avatar: `https://${domain}/avatars/original/missing.png`,
    header: `https://${domain}/headers/original/missing.png`,
    followers_count: 41,
    following_count: 63,
    statuses_count: 812,
    last_status_at: '2026-11-27',
    emojis: [],
    fields: [],
  };
}

function toHtml(text: string, host: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const linked = escaped.replace(
    /#([\p{L}\p{N}_]+)/gu,
    (_, name: string) => `<a href="${tagUrl(host, name)}" class="mention hashtag" rel="tag">#<span>${name}</span></a>`,
  );
  return linked
    .split('\n\n')
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br />')}</p>`)
    .join('');
}

const tagUrl = (host: string, name: string): string => `https://${host}/tags/${encodeURIComponent(name.toLowerCase())}`;
