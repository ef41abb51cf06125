/**
 * Kinds of feeds, as `npm run bench:alerts -- --fit` fitted them to three real series of posts about companies per five minutes.
 * A brand of any size is simulated with each of them.
 */
export const profiles = [
  {
    name: 'lively',
    cycle: [0.244, -0.469, -0.0154, 0.177],
    weekend: 0.555,
    fastSpread: 0.198,
    fastMinutes: 15.9,
    slowSpread: 0.25,
    slowMinutes: 60,
    daySpread: 0.145,
    storiesPerDay: 2.62,
    story: { strength: 3.59, spread: 1.4, minutes: 1.66, decayMinutes: 7.3 },
    campaignsPerDay: 0.201,
    campaign: { strength: 23.1, spread: 0.8, minutes: 12.5, decayMinutes: 0.5 },
  },
  {
    name: 'steady',
    cycle: [-0.0168, -0.49, 0.105, -0.0537],
    weekend: 0.774,
    fastSpread: 0.233,
    fastMinutes: 5.98,
    slowSpread: 0.4,
    slowMinutes: 199,
    daySpread: 0.109,
    storiesPerDay: 11.6,
    story: { strength: 7.2, spread: 0.668, minutes: 0.611, decayMinutes: 0.933 },
    campaignsPerDay: 0.549,
    campaign: { strength: 16.3, spread: 0.198, minutes: 12.9, decayMinutes: 0.5 },
  },
  {
    name: 'campaigns',
    cycle: [0.352, -0.712, 0.145, 0.213],
    weekend: 0.642,
    fastSpread: 0.05,
    fastMinutes: 3.79,
    slowSpread: 0.2,
    slowMinutes: 231,
    daySpread: 0.211,
    storiesPerDay: 7.25,
    story: { strength: 7.36, spread: 0.188, minutes: 3.88, decayMinutes: 2.23 },
    campaignsPerDay: 0.857,
    campaign: { strength: 77.5, spread: 0.166, minutes: 26.9, decayMinutes: 0.5 },
  },
];

/** From posts about six brands that people labelled, with `npm run bench:alerts -- --fit-moods`. */
export const moods = { daySpread: 0.07, replyShare: 0.13 };
