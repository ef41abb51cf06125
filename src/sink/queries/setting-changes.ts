import type { ClickHouseClient } from '@clickhouse/client';
import { z } from 'zod';
import { insertRows, numeric, query } from '../client/query.ts';

export const settingKinds = ['brand', 'token'] as const;
export type SettingKind = (typeof settingKinds)[number];

/** A setting in force. Times are ms since 1970. */
export interface StoredSetting {
  readonly name: string;
  /** JSON as it was stored. */
  readonly value: string;
  readonly changedBy: string;
  readonly changedAt: number;
}

/** An entry of the audit log. */
export interface SettingChange extends StoredSetting {
  readonly kind: SettingKind;
  /** The value that it replaced; empty if there was none. Like `value`, which is empty if the setting was removed. */
  readonly previous: string;
}

const storedColumns = { name: z.string(), value: z.string(), changedBy: z.string(), changedAt: numeric };

/** The settings of a kind that are in force, in the order in which they were first added. */
export function readSettings(client: ClickHouseClient, kind: SettingKind): Promise<StoredSetting[]> {
  const sql = `
  SELECT c.name AS name, argMax(c.value, c.changed_at) AS value, argMax(c.changed_by, c.changed_at) AS changedBy,
    toUnixTimestamp64Milli(max(c.changed_at)) AS changedAt
  FROM setting_changes AS c
  WHERE c.kind = {kind:String}
  GROUP BY c.name
  HAVING value != ''
  ORDER BY min(c.changed_at), name`;
  return query(client, z.object(storedColumns), sql, { kind });
}

/** The latest changes of all settings, the newest first. */
export function readSettingChanges(client: ClickHouseClient, limit: number): Promise<SettingChange[]> {
  const sql = `
  SELECT c.kind AS kind, c.name AS name, c.value AS value, c.changed_by AS changedBy, toUnixTimestamp64Milli(c.changed_at) AS changedAt,
    lagInFrame(c.value) OVER (PARTITION BY c.kind, c.name ORDER BY c.changed_at ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS previous
  FROM setting_changes AS c
  ORDER BY c.changed_at DESC, name
  LIMIT {limit:UInt32}`;
  return query(client, z.object({ kind: z.enum(settingKinds), ...storedColumns, previous: z.string() }), sql, { limit });
}

/** Stores a setting; an empty value removes it. Resolves once the change is durable. */
export function putSetting(client: ClickHouseClient, { changedBy, changedAt, ...setting }: Omit<SettingChange, 'previous'>): Promise<void> {
  const at = new Date(changedAt).toISOString().replace('T', ' ').replace('Z', '');
  return insertRows(client, 'setting_changes', [{ ...setting, changed_by: changedBy, changed_at: at }]);
}
