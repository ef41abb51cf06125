import { startKafka } from '../kafka.ts';

/** One broker for all files of a suite, unless KAFKA_BROKERS is set. Each test file uses its own topics and groups. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env['KAFKA_BROKERS']) return async () => {};
  const kafka = await startKafka();
  process.env['KAFKA_BROKERS'] = kafka.brokers.join(',');
  return async () => {
    delete process.env['KAFKA_BROKERS'];
    await kafka.stop();
  };
}
