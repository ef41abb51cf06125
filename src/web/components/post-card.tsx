import type { ComponentChildren } from 'preact';
import type { BrandSentiment } from '../../domain/post.ts';
import type { ShownPost } from '../api/history.ts';
import { formatAge, formatClock, formatCounted, formatLanguage, formatShare } from '../format.ts';
import { go } from '../state/router.ts';
import { LabelTag, marks } from './label.tsx';
import { marked } from './marked-text.tsx';
import { ShareBar } from './share-bar.tsx';

interface Props {
  readonly post: ShownPost;
  readonly now: number;
  readonly timeZone: string;
  /** What may be done with it. */
  readonly children?: ComponentChildren;
  /** Words to be marked in the text, besides the names of its brands. */
  readonly words?: readonly string[];
}

/** One post. All that strangers wrote arrives as text. */
export function PostCard({ post, now, timeZone, children, words = [] }: Props) {
  const { platform, createdAt, url, text, lang, brands } = post;
  return (
    <article class={`post ${post.label}`}>
      <p class="post-head">
        {/* Names may hold marks that turn the direction of writing: <bdi> keeps that to the name. */}
        <span class="origin">
          <Who post={post} /> on <bdi>{platform}</bdi> ·{' '}
          <time dateTime={createdAt} title={formatClock(createdAt, timeZone)}>
            {formatAge(createdAt, now)}
          </time>
        </span>
        <SourceLink url={url} />
      </p>
      <p class="post-text" dir="auto" {...(lang !== 'und' && { lang })}>
        {marked(text, [...brands, ...words])}
      </p>
      <Verdict post={post} />
      <Facts post={post} />
      {children}
    </article>
  );
}

/** Whoever wrote it, and the way to what else they wrote there. */
function Who({ post: { author, platform } }: { readonly post: ShownPost }) {
  const name = author?.handle ? `@${author.handle}` : author?.name || 'somebody';
  const known = author?.handle || author?.id;
  if (!known) return <bdi class="who">{name}</bdi>;
  return (
    <button
      type="button"
      class="link who"
      title="What else they wrote in this range"
      onClick={() => go({ view: 'posts', filter: { platform, author: known } })}
    >
      <bdi>{name}</bdi>
    </button>
  );
}

function Verdict({ post }: { readonly post: ShownPost }) {
  const { label, lang, correction, brands, brandSentiment } = post;
  return (
    <div class="verdict">
      <LabelTag label={label} />
      {label === 'unscored' ? <span class="sure">in {formatLanguage(lang)}, which the model does not know</span> : <Odds post={post} />}
      {correction && (
        <span class="corrected" title={correction.reason}>
          corrected{correction.by ? ` by ${correction.by}` : ''}; the model says {correction.modelLabel}
        </span>
      )}
      {brands.map((brand) => (
        <BrandTag key={brand} brand={brand} brandSentiment={brandSentiment?.find((one) => one.brand === brand)} />
      ))}
    </div>
  );
}

/** A brand of the post, and what is said of it where that is not what the whole post says. */
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
    <span class={`brand-tag ${label}`} title={`What is said of ${brand}: ${formatShare(brandSentiment[label])} ${label}`}>
      {marks[label]} <span class="unseen">{label} about</span> <bdi>{brand}</bdi>
    </span>
  );
}

/** How sure the model is; opened, what it gives each label, and which model it was. */
function Odds({ post }: { readonly post: ShownPost }) {
  return (
    <details class="odds">
      <summary title="What the model gives each label">
        <ShareBar shares={post} size="small" />
        <span class="sure">{formatShare(post.confidence)} sure</span>
      </summary>
      <p>
        {(['positive', 'neutral', 'negative'] as const).map((label) => (
          <span key={label} class={label}>
            {marks[label]} {formatShare(post[label])} <span class="unseen">{label}</span>
          </span>
        ))}
      </p>
      <p>{post.modelVersion}</p>
    </details>
  );
}

function Facts({ post: { author, engagement } }: { readonly post: ShownPost }) {
  const { likes = 0, reposts = 0, replies = 0 } = engagement ?? {};
  const facts = [
    ...(author?.followers ? [formatCounted(author.followers, 'follower')] : []),
    ...(likes > 0 ? [formatCounted(likes, 'like')] : []),
    ...(reposts > 0 ? [formatCounted(reposts, 'repost')] : []),
    ...(replies > 0 ? [formatCounted(replies, 'reply', 'replies')] : []),
  ];
  return facts.length > 0 ? <p class="post-facts">{facts.join(' · ')}</p> : null;
}

/** Addresses come from strangers: only the web's, in a tab that knows nothing of this one. */
function SourceLink({ url }: { readonly url: string | undefined }) {
  if (!url || !/^https?:\/\//i.test(url)) return null;
  return (
    <a class="source" href={url} target="_blank" rel="noopener noreferrer">
      open
    </a>
  );
}
