import type { ComponentChild, ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { BrandSentiment } from '../../domain/post.ts';
import { inflections, type positiveTerms } from '../../domain/query-language.ts';
import { type PostResponse, postKey } from '../api/history.ts';
import { formatAge, formatAuthor, formatDateTime, formatLanguage, formatPercent, formatPlural } from '../format.ts';
import { navigate } from '../state/router.ts';
import { LabelTag, labelSymbols, ShareBar } from './label.tsx';

interface Props {
  readonly post: PostResponse;
  readonly now: number;
  readonly timeZone: string;
  /** Actions on the post. */
  readonly children?: ComponentChildren;
  /** Search terms to highlight in the text, in addition to its brands. */
  readonly words?: readonly SearchTerm[];
}

type SearchTerm = ReturnType<typeof positiveTerms>[number];

/** One post. User content is always rendered as text, never as markup. */
export function PostCard({ post, now, timeZone, children, words = [] }: Props) {
  const { platform, createdAt, url, text, lang, brands } = post;
  return (
    <article class={`post ${post.label}`}>
      <p class="post-head">
        {/* Names may contain bidi control characters: <bdi> isolates their text direction. */}
        <span class="origin">
          <Author post={post} />
          {post.official && <span class="official">Official</span>} on <bdi>{platform}</bdi> ·{' '}
          <time dateTime={createdAt} title={formatDateTime(createdAt, timeZone)}>
            {formatAge(createdAt, now)}
          </time>
        </span>
        <SourceLink url={url} />
      </p>
      <p class="post-text" dir="auto" {...(lang !== 'und' && { lang })}>
        {renderText(text, [...brands.map(escapePattern), ...words.map(toPattern)])}
      </p>
      <PredictionLine post={post} />
      <PostStats post={post} />
      {children}
      {post.similar && <SimilarPosts similar={post.similar} now={now} timeZone={timeZone} />}
    </article>
  );
}

/** The near-duplicates that a post stands for, once they are asked for. */
function SimilarPosts({ similar, ...props }: Pick<Props, 'now' | 'timeZone'> & { readonly similar: NonNullable<PostResponse['similar']> }) {
  const [isOpen, setOpen] = useState(false);
  const hidden = similar.count - similar.posts.length;
  return (
    <div class="similar">
      <button type="button" class="quiet-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {isOpen ? 'Hide' : 'Show'} {formatPlural(similar.count, 'similar post')}
      </button>
      {isOpen && (
        <ul>
          {similar.posts.map((post) => (
            <li key={postKey(post)}>
              <PostCard post={post} {...props} />
            </li>
          ))}
          {hidden > 0 && <li class="quiet">and {formatPlural(hidden, 'more', 'more')}</li>}
        </ul>
      )}
    </div>
  );
}

/** The author, with a link to the author's other posts. */
function Author({ post: { author, platform } }: { readonly post: PostResponse }) {
  const name = author ? formatAuthor(author) : 'Unknown author';
  const known = author?.handle || author?.id;
  if (!known) return <bdi class="author">{name}</bdi>;
  return (
    <button
      type="button"
      class="link author"
      title="More from this author"
      onClick={() => navigate({ page: 'posts', filter: { platform, author: known } })}
    >
      <bdi>{name}</bdi>
    </button>
  );
}

function PredictionLine({ post }: { readonly post: PostResponse }) {
  const { label, lang, correction, brands, brandSentiment } = post;
  return (
    <div class="prediction">
      <LabelTag label={label} />
      {label === 'unscored' ? (
        <span class="confidence">{formatLanguage(lang)}: not supported by the model</span>
      ) : (
        <Probabilities post={post} />
      )}
      {correction && (
        <span class="corrected" title={correction.reason}>
          Corrected{correction.by ? ` by ${correction.by}` : ''} (model: {correction.modelLabel})
        </span>
      )}
      {brands.map((brand) => (
        <BrandTag key={brand} brand={brand} brandSentiment={brandSentiment?.find((candidate) => candidate.brand === brand)} />
      ))}
    </div>
  );
}

/** A brand of the post, with its own sentiment if that was predicted separately. */
function BrandTag({ brand, brandSentiment }: { readonly brand: string; readonly brandSentiment: BrandSentiment | undefined }) {
  if (!brandSentiment) {
    return (
      <span class="brand-tag">
        <bdi>{brand}</bdi>
      </span>
    );
  }
  const { label } = brandSentiment;
  return (
    <span class={`brand-tag ${label}`} title={`Sentiment about ${brand}: ${formatPercent(brandSentiment[label])} ${label}`}>
      {labelSymbols[label]} <span class="visually-hidden">{label} about</span> <bdi>{brand}</bdi>
    </span>
  );
}

/** The confidence; expanded, the probability of each label and the model version. */
function Probabilities({ post }: { readonly post: PostResponse }) {
  return (
    <details class="probabilities">
      <summary title="Model probabilities">
        <ShareBar shares={post} size="small" />
        <span class="confidence">{formatPercent(post.confidence)} confidence</span>
      </summary>
      <p>
        {(['positive', 'neutral', 'negative'] as const).map((label) => (
          <span key={label} class={label}>
            {labelSymbols[label]} {formatPercent(post[label])} <span class="visually-hidden">{label}</span>
          </span>
        ))}
      </p>
      <p>{post.modelVersion}</p>
    </details>
  );
}

const maxStars = 5;

function PostStats({ post: { author, engagement, rating } }: { readonly post: PostResponse }) {
  const { likes = 0, reposts = 0, replies = 0 } = engagement ?? {};
  const stats = [
    ...(author?.followers ? [formatPlural(author.followers, 'follower')] : []),
    ...(likes > 0 ? [formatPlural(likes, 'like')] : []),
    ...(reposts > 0 ? [formatPlural(reposts, 'repost')] : []),
    ...(replies > 0 ? [formatPlural(replies, 'reply', 'replies')] : []),
  ];
  if (rating === undefined && stats.length === 0) return null;
  return (
    <p class="post-stats">
      {rating !== undefined && (
        <span class="stars" role="img" aria-label={`${rating} of ${maxStars} stars`}>
          {'★'.repeat(rating).padEnd(maxStars, '☆')}
        </span>
      )}
      {rating !== undefined && stats.length > 0 && ' · '}
      {stats.join(' · ')}
    </p>
  );
}

/** A link to the post on its platform. URLs are user content: only http(s), in a tab without access to this one. */
export function SourceLink({ url }: { readonly url: string | undefined }) {
  if (!url || !/^https?:\/\//i.test(url)) return null;
  return (
    <a class="source" href={url} target="_blank" rel="noopener noreferrer">
      Open ↗
    </a>
  );
}

const escapePattern = (word: string): string => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

/** A word is found in its inflections, too. */
const toPattern = ({ kind, text }: SearchTerm): string =>
  (kind === 'word' ? inflections(text.toLowerCase()) : undefined) ?? escapePattern(text);

const linkPattern = /(https?:\/\/[^\s<>"“”]*[^\s<>"“”.,;:!?'’)\]])/gi;

/** The text with links, and marks on what the patterns match, ignoring case. */
function renderText(text: string, patterns: readonly string[]): ComponentChild {
  const pieces = text.split(linkPattern);
  return pieces.map((piece, index) =>
    index % 2 === 1 ? (
      <a key={index} href={piece} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    ) : (
      highlight(piece, patterns)
    ),
  );
}

function highlight(text: string, patterns: readonly string[]): ComponentChild {
  // If one name is a prefix of another, the longer one matches.
  const longestFirst = patterns.filter((pattern) => pattern.trim() !== '').sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return text;
  const pieces = text.split(new RegExp(`(${longestFirst.join('|')})`, 'giu'));
  return pieces.map((piece, index) => (index % 2 === 1 ? <mark key={index}>{piece}</mark> : piece));
}
