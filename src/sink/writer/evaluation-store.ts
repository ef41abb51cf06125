import type { ScoredEvaluation } from '../../domain/alert.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';

/** Stores evaluations, and the candidates among them. @throws the database's error */
export async function putEvaluations(
  { maintenance }: Pick<Database, 'maintenance'>,
  evaluations: readonly ScoredEvaluation[],
  isLive: boolean,
): Promise<void> {
  const rows = evaluations.map(({ rule, brand, score, isAnomalous, evaluation }) => {
    const { metric, direction, observed, expected, low, high, z, posts, from, to } = evaluation;
    return {
      ...{ rule, brand, minute: to / 1_000, live: isLive ? 1 : 0, anomalous: isAnomalous, score },
      ...{ metric, direction, window_seconds: (to - from) / 1_000, observed, expected, low, high, z, posts },
    };
  });
  for (let at = 0; at < rows.length; at += maxRows) await insertRows(maintenance, 'alert_evaluations', rows.slice(at, at + maxRows));
  await insertRows(maintenance, 'alert_candidates', evaluations.flatMap(toCandidateRow(isLive)));
}

const toCandidateRow =
  (isLive: boolean) =>
  ({ rule, brand, candidate }: ScoredEvaluation): Record<string, unknown>[] => {
    if (!candidate) return [];
    const { at, rarity, usualPeak, isRelevant, isQuiet, isSilenced } = candidate;
    const flags = { relevant: isRelevant, quiet: isQuiet, silenced: isSilenced };
    return [{ ...{ rule, brand, minute: at / 1_000, live: isLive ? 1 : 0, rarity, usual_peak: usualPeak }, ...flags }];
  };

/** Bounds the length of one statement. */
const maxRows = 20_000;
