/**
 * Kinds of feeds, with the parameters that \`npm run bench:alerts -- --fit\` found for three real series of posts per five minutes
 * about companies, 80 to 1,000 an hour.
 */
export const profiles = [
  {
    name: 'lively',
    cycle: [0.244, -0.469, -0.0154, 0.177],
    weekend: 0.555,
    fastSpread: 0.411,
    fastMinutes: 19,
    slowSpread: 0.185,
    slowMinutes: 183,
    daySpread: 0.467,
    storiesPerDay: 1.19,
    campaignsPerDay: 0.02,
    story: { strength: 6.98, spread: 1.14, minutes: 17.7, decayMinutes: 1.82 },
    campaign: { strength: 15, spread: 0.3, minutes: 15, decayMinutes: 0.5 },
  },
  {
    name: 'steady',
    cycle: [-0.0168, -0.49, 0.105, -0.0537],
    weekend: 0.774,
    fastSpread: 0.435,
    fastMinutes: 7.54,
    slowSpread: 0.208,
    slowMinutes: 243,
    daySpread: 0.196,
    storiesPerDay: 3.1,
    campaignsPerDay: 0.02,
    story: { strength: 6.23, spread: 0.869, minutes: 3.55, decayMinutes: 3.65 },
    campaign: { strength: 15, spread: 0.3, minutes: 15, decayMinutes: 0.5 },
  },
  {
    name: 'campaigns',
    cycle: [0.352, -0.712, 0.145, 0.213],
    weekend: 0.642,
    fastSpread: 0.38,
    fastMinutes: 4.68,
    slowSpread: 0.304,
    slowMinutes: 382,
    daySpread: 0.496,
    storiesPerDay: 4,
    campaignsPerDay: 0.9,
    story: { strength: 5, spread: 0.8, minutes: 5, decayMinutes: 2 },
    campaign: { strength: 75, spread: 0.3, minutes: 22, decayMinutes: 0.5 },
  },
];
/** From six brands whose posts people labelled, with `npm run bench:alerts -- --fit-moods`. */
export const moods = { daySpread: 0.07, replyShare: 0.13 };
