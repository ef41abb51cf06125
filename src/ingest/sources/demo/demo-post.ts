import type { Engagement, Post } from '../../../domain/post.ts';
import { createRandom, mixSeeds, pick, pickWeighted, type Random } from '../../../lib/random.ts';
import { brandAccount, type DemoAuthor, newsAccount, pickCustomer } from './authors.ts';
import type { BrandProfile } from './brand-profile.ts';
import { brandProfiles } from './demo-brands.ts';
import { ambiguousText, chatterText, type DemoText, type PostContext, personalText, publicText } from './post-text.ts';
import { interestAt, type RunningScenario, scenarioAt } from './scenarios.ts';

interface Draft extends DemoText {
  readonly author: DemoAuthor;
}

/** The share of posts about a scenario at its full strength. */
const scenarioShare = 0.72;
const ordinaryKinds = { person: 84, chatter: 9, news: 3, official: 2.5, ambiguous: 1.5 };
const scenarioKinds = { person: 90, chatter: 0, news: 6, official: 4, ambiguous: 0 };

/**
 * A demo post. The same seed, time (ms since 1970) and number within that time give the same post, so that a restarted
 * source repeats its posts instead of adding new ones to the history.
 */
export function createDemoPost(seed: number, time: number, number: number): Post {
  const random = createRandom(mixSeeds(seed, time, number));
  const { author, text, isReply } = draft(seed, time, random);
  const createdAt = new Date(time).toISOString();
  return {
    platform: author.platform,
    id: `demo-${seed}-${time.toString(36)}-${number}`,
    text,
    createdAt,
    updatedAt: createdAt,
    deleted: false,
    author: author.account,
    engagement: createEngagement(author, random),
    // Some platforms do not state the language of a post.
    ...(author.platform !== 'forum' && { lang: author.language }),
    ...(author.platform !== 'clips' && { url: `https://${author.platform}.example/${time.toString(36)}${number}` }),
    ...(isReply && { inReplyTo: `thread-${Math.floor(random() * 1e9).toString(36)}` }),
  };
}

function draft(seed: number, time: number, random: Random): Draft {
  const running = scenarioAt(seed, time);
  const scenario = running && random() < scenarioShare * running.strength ? running : undefined;
  const brand = scenario?.brand ?? pickBrand(time, random);
  const kind = pickWeighted(random, scenario ? scenarioKinds : ordinaryKinds);
  if (kind === 'news' || kind === 'official') {
    const author = kind === 'news' ? newsAccount(random) : brandAccount(brand);
    return { author, ...publicText(createContext(brand, scenario, kind, random), random) };
  }
  const author = pickCustomer(seed, random);
  // Reviews are always about a brand, and the small grammars have posts about brands only.
  const mayOmitBrand = author.platform !== 'reviews' && author.language === 'en';
  if (kind === 'chatter' && mayOmitBrand) return { author, ...chatterText(author, random) };
  if (kind === 'ambiguous' && mayOmitBrand) return { author, ...ambiguousText(brand, random) };
  const tone = pickTone(brand, scenario, author, random);
  return { author, ...personalText(createContext(brand, scenario, tone, random), author, random) };
}

function pickBrand(time: number, random: Random): BrandProfile {
  const shares = Object.fromEntries(brandProfiles.map(({ share, peakTime }, index) => [String(index), share * interestAt(peakTime, time)]));
  // The keys of `shares` are the indices of `brandProfiles`.
  return brandProfiles[Number(pickWeighted(random, shares))] as BrandProfile;
}

function pickTone(
  brand: BrandProfile,
  scenario: RunningScenario | undefined,
  { platform }: DemoAuthor,
  random: Random,
): PostContext['tone'] {
  // Some authors have not heard of the scenario.
  if (scenario) return random() < 0.82 ? scenario.kind : scenario.kind === 'crisis' ? 'negative' : 'positive';
  if (platform === 'forum' && random() < 0.25) return 'neutral';
  const mood = pickWeighted(random, brand.moods);
  return platform === 'reviews' && mood === 'neutral' ? 'mixed' : mood;
}

function createContext(brand: BrandProfile, running: RunningScenario | undefined, tone: PostContext['tone'], random: Random): PostContext {
  const other = pick(
    random,
    brandProfiles.filter((profile) => profile !== brand),
  );
  const isAboutScenario = running && (tone === running.kind || tone === 'news' || tone === 'official');
  return { brand, other, topic: pick(random, brand.topics), tone, ...(isAboutScenario && { scenario: running.scenario }) };
}

function createEngagement({ account }: DemoAuthor, random: Random): Engagement {
  const likes = Math.floor(((account.followers ?? 0) / 40) * random() ** 4 + random() * 4);
  return { likes, reposts: Math.floor(likes * 0.3 * random()), replies: Math.floor(likes * 0.2 * random()) };
}
