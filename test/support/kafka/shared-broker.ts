import { startKafka } from '../kafka.ts';

/** One broker for a whole suite, unless KAFKA_BROKERS names one already. Its test files use topics and groups of their own. */
export async function setup(): Promise<() => Promise<void>> {
  if (process.env['KAFKA_BROKERS']) return async () => {};
  const kafka = await startKafka();
  process.env['KAFKA_BROKERS'] = kafka.brokers.join(',');
  return async () => {
    delete process.env['KAFKA_BROKERS'];
    await kafka.stop();
  };
}
