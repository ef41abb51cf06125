import type { ComponentChildren } from 'preact';
import type { ShownPost } from '../api/history.ts';
import { formatAge, formatClock, formatCounted, formatLanguage, formatShare } from '../format.ts';
import { LabelTag } from './label.tsx';
import { marked } from './marked-text.tsx';
import { ShareBar } from './share-bar.tsx';

interface Props {
  readonly post: ShownPost;
  readonly now: number;
  readonly timeZone: string;
  /** What may be done with it. */
  readonly children?: ComponentChildren;
  /** Words to be marked in the text. */
  readonly words?: readonly string[];
}

/** One post. All that strangers wrote arrives as text. */
export function PostCard({ post, now, timeZone, children, words = [] }: Props) {
  const { author, platform, createdAt, url, text, lang } = post;
  const who = author?.handle ? `@${author.handle}` : (author?.name ?? 'somebody');
  return (
    <article class={`post ${post.label}`}>
      <p class="post-head">
        {/* Names may hold marks that turn the direction of writing: <bdi> keeps that to the name. */}
        <span class="origin">
          <bdi class="who">{who}</bdi> on <bdi>{platform}</bdi> ·{' '}
          <time dateTime={createdAt} title={formatClock(createdAt, timeZone)}>
            {formatAge(createdAt, now)}
          </time>
        </span>
        <SourceLink url={url} />
      </p>
      <p class="post-text" dir="auto" {...(lang !== 'und' && { lang })}>
        {marked(text, words)}
      </p>
      <Verdict post={post} />
      <Facts post={post} />
      {children}
    </article>
  );
}

function Verdict({ post }: { readonly post: ShownPost }) {
  const { label, lang, confidence, correction, brands, modelVersion } = post;
  const sure = label === 'unscored' ? `in ${formatLanguage(lang)}, which the model does not know` : `${formatShare(confidence)} sure`;
  return (
    <p class="verdict">
      <LabelTag label={label} />
      {label !== 'unscored' && (
        <span
          title={`${formatShare(post.positive)} positive, ${formatShare(post.neutral)} neutral, ${formatShare(post.negative)} negative; ${modelVersion}`}
        >
          <ShareBar shares={post} size="small" />
        </span>
      )}
      {correction ? (
        <span class="corrected" title={correction.reason}>
          corrected{correction.by ? ` by ${correction.by}` : ''}; the model says {correction.modelLabel}
        </span>
      ) : (
        <span class="sure">{sure}</span>
      )}
      {brands.map((brand) => (
        <span key={brand} class="brand-tag">
          <bdi>{brand}</bdi>
        </span>
      ))}
    </p>
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
