import type { AlertEvent, AlertTransition, RuleState, Sensitivity, Silence } from '../../domain/alert.ts';
import type { Database } from '../client/connection.ts';
import { insertRows } from '../client/query.ts';
import { toDateTime } from './post-row.ts';

/** The outcome of one attempt to deliver a transition to a channel. */
export interface DeliveryAttempt {
  readonly transition: string;
  readonly channel: string;
  /** Attempts so far, including this one. */
  readonly attempts: number;
  readonly outcome: 'waiting' | 'sent' | 'given-up';
  /** Next attempt (ms since 1970); ignored unless the outcome is `waiting`. */
  readonly nextAt: number;
}

export interface AlertStore {
  /** Resolves once the transitions are durable. Idempotent. */
  addTransitions(transitions: readonly AlertTransition[]): Promise<void>;
  putStates(states: readonly RuleState[], at: number): Promise<void>;
  addAttempt(attempt: DeliveryAttempt, at: number): Promise<void>;
  addNote(note: { alert: string; kind: 'ack' | 'feedback'; value: string; by: string }, at: number): Promise<void>;
  putSilence(silence: Silence, at: number): Promise<void>;
  /** Adds an event, or removes it. */
  putEvent(event: AlertEvent, status: { readonly removed: boolean; readonly at: number }): Promise<void>;
  /** Sets a sensitivity, or returns to the configured one. */
  putSensitivity(sensitivity: Sensitivity, status: { readonly removed: boolean; readonly at: number }): Promise<void>;
}

/** Writes alerts, their states, deliveries, notes, silences and events. @throws the errors of the database */
export function createAlertStore({ maintenance }: Pick<Database, 'maintenance'>): AlertStore {
  return {
    addTransitions: (transitions) =>
      insertRows(
        maintenance,
        'alert_transitions',
        transitions.map(({ at, evaluation, state, ...rest }) => ({
          ...rest,
          at: toDateTime(at),
          evaluation: JSON.stringify(evaluation),
          state: JSON.stringify(state),
        })),
      ),
    putStates: (states, at) =>
      insertRows(
        maintenance,
        'alert_states',
        states.map(({ rule, brand, state }) => ({ rule, brand, at: toDateTime(at), state: JSON.stringify(state) })),
      ),
    addAttempt: ({ nextAt, ...attempt }, at) =>
      insertRows(maintenance, 'alert_outbox', [{ ...attempt, next_at: toDateTime(nextAt), at: toDateTime(at) }]),
    addNote: ({ by, ...note }, at) => insertRows(maintenance, 'alert_annotations', [{ ...note, created_by: by, at: toDateTime(at) }]),
    putSilence: ({ createdBy, until, ...silence }, at) =>
      insertRows(maintenance, 'alert_silences', [{ ...silence, until: toDateTime(until), created_by: createdBy, at: toDateTime(at) }]),
    putEvent: ({ from, to, factor = 0, createdBy, ...event }, { removed, at }) =>
      insertRows(maintenance, 'alert_events', [
        { ...event, from: toDateTime(from), to: toDateTime(to), factor, created_by: createdBy, removed, at: toDateTime(at) },
      ]),
    putSensitivity: ({ createdBy, ...sensitivity }, { removed, at }) =>
      insertRows(maintenance, 'alert_sensitivities', [{ ...sensitivity, created_by: createdBy, removed, at: toDateTime(at) }]),
  };
}
