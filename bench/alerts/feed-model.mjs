import { createRandom, mixSeeds } from '../../dist/lib/random.js';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** Exponent of the decay of attention to a story, 1 / (1 + t/c)^p, as in the modified law of Omori (Utsu 1961). */
const decay = 1.3;
/** Share of the stories that consist of copies of one text, all with the same label. Those of a campaign always do. */
const copiedShare = 0.1;
/** Standard deviation of the net sentiment of a story around that of the brand, −1 to 1. */
const storyMood = 0.2;
/** Shares of negative, neutral and positive posts of a brand without incidents, and of posts without a score. */
const usualShares = [0.27, 0.42, 0.31];
const unscoredShare = 0.08;
/** Minutes in which a post can get replies, and the maximum number of posts that can. */
const replyMinutes = 15;
const maxReplied = 64;

/**
 * A feed about a brand, minute by minute. Posts are a Poisson process whose rate is
 *
 * - `rate` times the daily and weekly cycle, times an Ornstein–Uhlenbeck process in each of three time scales (log-normal),
 * - plus stories: they begin at random, with a log-normal strength relative to `rate`, hold it for a while and then decay by a
 *   power law, so that attention attracts attention as in a self-exciting process,
 * - plus campaigns: many accounts post one text for some minutes.
 *
 * Opinions are correlated: net sentiment drifts over days, a reply takes the opinion of the post it replies to, a story
 * has a mood of its own, and some stories are copies of one text.
 * @param profile the fitted parameters, see profiles.mjs
 * @param rate mean posts per hour without stories
 * @param stepMinutes length of one step; labels are drawn only for steps of one minute
 */
export function createFeed({ profile, moods, rate, seed, stepMinutes = 1 }) {
  return new Feed({ profile, moods, perStep: (rate / 60) * stepMinutes, stepMinutes }, createRandom(mixSeeds(seed, 17)));
}

class Feed {
  #settings;
  #random;
  /** Standardized states of the processes: volume at three time scales, and mood. */
  #volume;
  #moodState;
  #stories = [];
  #replied = [];

  constructor(settings, random, state) {
    this.#settings = settings;
    this.#random = random;
    this.#volume = state?.volume.slice() ?? [0, 0, 0].map(() => normal(random));
    this.#moodState = state?.mood ?? normal(random);
    this.#stories = state?.stories.slice() ?? [];
    this.#replied = state?.replied.slice() ?? [];
  }

  /** A feed that continues from the same state with other random numbers. */
  fork(seed) {
    return new Feed(this.#settings, createRandom(mixSeeds(seed, 23)), {
      volume: this.#volume,
      mood: this.#moodState,
      stories: this.#stories,
      replied: this.#replied,
    });
  }

  /** The expected posts of the next minute by label without copies, if nothing new happens. @param factor of the ordinary posts */
  expectedCounts(time, factor) {
    const organic = this.#stories.filter(({ isCopied }) => !isCopied);
    const parts = organic.map((story) => ({ posts: this.#storyRate(story, time), shares: story.shares }));
    const all = [{ posts: factor * this.#ordinaryRate(time), shares: shiftedShares(this.#mood()) }, ...parts];
    return [0, 1, 2].map((label) => (1 - unscoredShare) * all.reduce((sum, { posts, shares }) => sum + posts * shares[label], 0));
  }

  /** Draws the number of posts of a step only. */
  drawVolume(time) {
    this.#advance(time);
    const stories = this.#stories.reduce((sum, story) => sum + this.#storyRate(story, time), 0);
    return poisson(this.#random, this.#ordinaryRate(time) + stories);
  }

  /**
   * Draws the posts of a minute.
   * @param change { factor?, negativeFactor?, points? }: an incident that multiplies the ordinary posts, or the negative ones, or
   *   lowers net sentiment by points
   * @returns counts [negative, neutral, positive, unscored], and of the copies among them in the same order
   */
  draw(time, { factor = 1, negativeFactor = 1, points = 0 } = {}) {
    this.#advance(time);
    const { moods } = this.#settings;
    const counts = [0, 0, 0, 0, 0, 0, 0, 0];
    const ordinary = this.#ordinaryRate(time);
    const shares = shiftedShares(this.#mood() - points / 100);
    this.#drawLabels(counts, poisson(this.#random, ordinary * factor), shares, moods.replyShare, time);
    if (negativeFactor > 1)
      this.#drawLabels(counts, poisson(this.#random, ordinary * shares[0] * (negativeFactor - 1)), [1, 0, 0], 0, time);
    for (const story of this.#stories) {
      const posts = poisson(this.#random, this.#storyRate(story, time));
      if (posts === 0) continue;
      const own = [0, 0, 0, 0];
      this.#drawLabels(own, posts, story.shares, story.isCopied ? 0 : moods.replyShare, time);
      // The first post of a copied story is one too: where the text comes from makes no difference here.
      for (const [label, count] of own.entries()) {
        counts[label] += count;
        if (story.isCopied) counts[4 + label] += count;
      }
    }
    return counts;
  }

  #advance(time) {
    const { profile, stepMinutes, perStep } = this.#settings;
    const random = this.#random;
    [profile.fastMinutes, profile.slowMinutes, 2 * 1_440].forEach((minutes, index) => {
      this.#volume[index] = drift(random, this.#volume[index], stepMinutes / minutes);
    });
    this.#moodState = drift(random, this.#moodState, stepMinutes / 1_440);
    const isOver = (story) => this.#storyRate(story, time) < 0.02 * perStep && time > story.from + story.plateau;
    if (this.#stories.length > 0) this.#stories = this.#stories.filter((story) => !isOver(story));
    const days = (stepMinutes / 1_440) * season(profile, time);
    for (let left = poisson(random, profile.storiesPerDay * days); left > 0; left -= 1) this.#begin(time, profile.story, copiedShare);
    for (let left = poisson(random, profile.campaignsPerDay * days); left > 0; left -= 1) this.#begin(time, profile.campaign, 1);
  }

  #begin(time, { strength, spread, minutes, decayMinutes }, copied) {
    const { perStep, stepMinutes } = this.#settings;
    const random = this.#random;
    const isCopied = random() < copied;
    const shares = shiftedShares(storyMood * normal(random));
    const label = drawLabel(random, shares);
    this.#stories.push({
      from: time + random() * stepMinutes * minute,
      strength: (perStep / stepMinutes) * strength * Math.exp(spread * normal(random)),
      plateau: minutes * Math.exp(0.3 * normal(random)) * minute,
      decayMs: decayMinutes * Math.exp(0.5 * normal(random)) * minute,
      isCopied,
      shares: isCopied ? [0, 1, 2].map((index) => (index === label ? 1 : 0)) : shares,
    });
  }

  /** The difference of net sentiment from its mean, −1 to 1. */
  #mood() {
    return this.#settings.moods.daySpread * this.#moodState;
  }

  #ordinaryRate(time) {
    const { profile, perStep } = this.#settings;
    const spreads = [profile.fastSpread, profile.slowSpread, profile.daySpread];
    const logFactor = spreads.reduce((sum, spread, index) => sum + spread * this.#volume[index] - spread ** 2 / 2, 0);
    return perStep * season(profile, time) * Math.exp(logFactor);
  }

  /** Expected posts of a story in a step. */
  #storyRate({ from, strength, plateau, decayMs }, time) {
    const until = (end) => {
      const passed = Math.max(0, end - from);
      const held = Math.min(passed, plateau);
      return held + (passed > plateau ? (decayMs / (decay - 1)) * (1 - (1 + (passed - plateau) / decayMs) ** (1 - decay)) : 0);
    };
    return (strength * (until(time + this.#settings.stepMinutes * minute) - until(time))) / minute;
  }

  /** Adds the labels of posts to the counts. Many posts are drawn from the normal approximation with the same variance. */
  #drawLabels(counts, posts, shares, replyShare, time) {
    const random = this.#random;
    const scored = posts - binomial(random, posts, unscoredShare);
    counts[3] += posts - scored;
    if (scored > 60) {
      // Posts that reply to each other are a branching process: clusters have a size-weighted mean of 1 / (1 − share)².
      const effective = scored * (1 - replyShare) ** 2;
      const negative = approximateBinomial(random, scored, shares[0], effective);
      const positive = approximateBinomial(
        random,
        scored - negative,
        shares[2] / Math.max(1e-9, 1 - shares[0]),
        effective * (1 - shares[0]),
      );
      counts[0] += negative;
      counts[2] += positive;
      counts[1] += scored - negative - positive;
      return;
    }
    const oldest = time - replyMinutes * minute;
    while (this.#replied.length > 0 && (this.#replied[0].time < oldest || this.#replied.length > maxReplied)) this.#replied.shift();
    for (let post = 0; post < scored; post += 1) {
      const isReply = replyShare > 0 && this.#replied.length > 0 && random() < replyShare;
      const label = isReply ? this.#replied[Math.floor(random() * this.#replied.length)].label : drawLabel(random, shares);
      counts[label] += 1;
      if (replyShare > 0) this.#replied.push({ time, label });
    }
  }
}

/** The daily cycle, of mean 1, as two harmonics of the logarithm, and the weekend. */
function season({ cycle, weekend }, time) {
  const angle = (2 * Math.PI * (time % day)) / day;
  const daily = cycle[0] * Math.cos(angle) + cycle[1] * Math.sin(angle) + cycle[2] * Math.cos(2 * angle) + cycle[3] * Math.sin(2 * angle);
  const size = cycle.reduce((sum, one) => sum + one ** 2, 0);
  // 1 January 1970 was a Thursday.
  const isWeekend = (Math.floor(time / day) + 3) % 7 >= 5;
  return Math.exp(daily - size / 4) * (isWeekend ? weekend : 1);
}

/** Label shares after a change of net sentiment (−1 to 1), moved between negative and positive, then from neutral. */
function shiftedShares(change) {
  const [negative, , positive] = usualShares;
  const moved = Math.max(-negative, Math.min(positive, -change / 2));
  const missing = Math.min(1, Math.max(-1, -change - 2 * moved));
  const more = Math.max(0, missing);
  const fewer = Math.max(0, -missing);
  const shares = [negative + moved + more, 0, positive - moved + fewer];
  const neutral = Math.max(0, 1 - shares[0] - shares[2]);
  const sum = shares[0] + neutral + shares[2];
  return [shares[0] / sum, neutral / sum, shares[2] / sum];
}

function drawLabel(random, [negative, neutral]) {
  const drawn = random();
  return drawn < negative ? 0 : drawn < negative + neutral ? 1 : 2;
}

/** The next value of a standardized Ornstein–Uhlenbeck process. @param step length of the step in time constants */
function drift(random, value, step) {
  const kept = Math.exp(-step);
  return kept * value + Math.sqrt(1 - kept ** 2) * normal(random);
}

export function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function poisson(random, mean) {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

function binomial(random, trials, share) {
  if (trials > 60) return approximateBinomial(random, trials, share, trials);
  let count = 0;
  for (let trial = 0; trial < trials; trial += 1) if (random() < share) count += 1;
  return count;
}

/** A normal approximation of a binomial count with the relative variance of `effective` trials. */
function approximateBinomial(random, trials, share, effective) {
  const deviation = trials * Math.sqrt((share * (1 - share)) / Math.max(1, effective));
  return Math.min(trials, Math.max(0, Math.round(trials * share + deviation * normal(random))));
}
