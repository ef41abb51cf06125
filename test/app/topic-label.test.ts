import { expect, test } from 'vitest';
import { labelMetrics, labelPositions, topicLabel } from '../../src/app/topic-label.ts';
import { configSchema, configuredSources } from '../../src/config/schema.ts';
import { createAckableBatch, type Source } from '../../src/domain/ackable-batch.ts';
import type { SourceRecord } from '../../src/domain/post.ts';
import { createMetrics } from '../../src/lib/metrics.ts';

test('a topic is qualified by its source only if another cluster has a topic of that name', () => {
  const kafka = (name: string, topic: string, broker: string) => ({ name, type: 'kafka', kafka: { topic, brokers: [broker] } });
  const sources = [kafka('eu', 'posts', 'a:1'), kafka('us', 'posts', 'b:1'), kafka('chats', 'chats', 'a:1'), { type: 'demo' }];
  const configured = configuredSources(configSchema.parse({ sources }));
  expect(configured.map((source) => topicLabel(source, configured))).toEqual(['eu/posts', 'us/posts', 'chats', undefined]);
});

test('metrics and positions have the label', async () => {
  const metrics = createMetrics();
  const labeled = labelMetrics(metrics, 'eu/posts');
  labeled.lag.set({ topic: 'posts', partition: 1 }, 7);
  labeled.lag.set({ topic: 'posts', partition: 2 }, 9);
  labeled.lag.remove({ topic: 'posts', partition: 2 });
  expect((await metrics.lag.get()).values.map(({ labels, value }) => [labels.topic, labels.partition, value])).toEqual([
    ['eu/posts', 1, 7],
  ]);

  const post = { platform: 'murmur', id: '1', text: 'x', createdAt: '', updatedAt: '', deleted: false };
  const item: SourceRecord = { post, position: { topic: 'posts', partition: 1, offset: '4' }, rejectToDeadLetters: async () => {} };
  const source: Source<SourceRecord> = {
    name: 'eu',
    healthIssue: () => undefined,
    run: async (emit) => emit(createAckableBatch([item]).batch),
  };
  const positions: object[] = [];
  await labelPositions(source, 'eu/posts').run(
    ({ items }) => void positions.push(...items.map(({ position }) => position)),
    new AbortController().signal,
  );
  expect(positions).toEqual([{ topic: 'eu/posts', partition: 1, offset: '4' }]);
});
