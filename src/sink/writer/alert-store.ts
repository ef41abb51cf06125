import type { AlertTransition, RuleState, Silence } from '../../domain/alert.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/insert.ts';
import { toDateTime } from './post-row.ts';

/** What becomes of a message to a channel after an attempt. */
export interface Attempt {
  readonly transition: string;
  readonly channel: string;
  /** This one among them. */
  readonly attempts: number;
  readonly outcome: 'waiting' | 'sent' | 'given-up';
  /** When the next one is due (ms since 1970). */
  readonly nextAt: number;
}

export interface AlertStore {
  /** Once it resolves the changes are decided, whatever becomes of the process. Repeating it is harmless. */
  addChanges(changes: readonly AlertTransition[]): Promise<void>;
  putStates(states: readonly RuleState[], at: number): Promise<void>;
  addAttempt(attempt: Attempt, at: number): Promise<void>;
  addNote(note: { alert: string; kind: 'ack' | 'feedback'; value: string; by: string }, at: number): Promise<void>;
  putMute(mute: Silence, at: number): Promise<void>;
}

/** Writes what is known of alerts. Errors are the database's faults. */
export function createAlertStore({ upkeep }: Pick<Database, 'upkeep'>): AlertStore {
  return {
    addChanges: (changes) =>
      insertRows(
        upkeep,
        'alert_transitions',
        changes.map(({ at, evaluation, state, ...rest }) => ({
          ...rest,
          at: toDateTime(at),
          evaluation: JSON.stringify(evaluation),
          state: JSON.stringify(state),
        })),
      ),
    putStates: (states, at) =>
      insertRows(
        upkeep,
        'alert_states',
        states.map(({ rule, brand, state }) => ({ rule, brand, at: toDateTime(at), state: JSON.stringify(state) })),
      ),
    addAttempt: ({ nextAt, ...attempt }, at) =>
      insertRows(upkeep, 'alert_outbox', [{ ...attempt, next_at: toDateTime(nextAt), at: toDateTime(at) }]),
    addNote: ({ by, ...note }, at) => insertRows(upkeep, 'alert_annotations', [{ ...note, created_by: by, at: toDateTime(at) }]),
    putMute: ({ by, until, ...mute }, at) =>
      insertRows(upkeep, 'alert_silences', [{ ...mute, until: toDateTime(until), created_by: by, at: toDateTime(at) }]),
  };
}
