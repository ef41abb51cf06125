/** A header of a Kafka message: its name, and its value in bytes. A name may occur several times. */
export type RawHeader = readonly [name: string, value: Buffer];

/** Headers as kafkajs reads them. */
type KafkaHeaders = Readonly<Record<string, Buffer | string | (Buffer | string)[] | null | undefined>>;

/** Headers with this prefix are our own: the reason and the origin of a dead letter, the time of a replayed message. */
export const ownHeaderPrefix = 'feedpulse-';

/** The headers that the producer set. A null value reads as an empty one, because kafkajs cannot send null. */
export function readHeaders(headers: KafkaHeaders = {}): RawHeader[] {
  return Object.entries(headers)
    .filter(([name]) => !name.startsWith(ownHeaderPrefix))
    .flatMap(([name, value]) => [value].flat().map((one): RawHeader => [name, Buffer.from(one ?? '')]));
}

/** Headers as kafkajs sends them. */
export function toKafkaHeaders(headers: readonly RawHeader[] = []): Record<string, Buffer[]> {
  const byName = new Map<string, Buffer[]>();
  for (const [name, value] of headers) byName.set(name, [...(byName.get(name) ?? []), value]);
  return Object.fromEntries(byName);
}

/** Headers as a mapping reads them: values as UTF-8 by name in lower case; of several, the last counts. */
export function decodeHeaders(headers: readonly RawHeader[]): Readonly<Record<string, string>> {
  // Without a prototype, so that `constructor` is no header.
  const decoded: Record<string, string> = Object.create(null);
  for (const [name, value] of headers) decoded[name.toLowerCase()] = value.toString('utf8');
  return decoded;
}

/** The size of the headers in bytes. */
export function headerBytes(headers: readonly RawHeader[] = []): number {
  return headers.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + value.length, 0);
}
