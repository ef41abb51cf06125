import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assignPartitions, type Subscription } from '../../../../src/ingest/sources/kafka/partition-assigner.ts';

const topicNames = ['a', 'b', 'c', '__proto__'] as const;
const topics = fc.uniqueArray(fc.constantFrom(...topicNames), { maxLength: topicNames.length });
/** Members know different partition counts, as they do shortly after partitions were added. */
const member = fc.record({ topics, counts: fc.tuple(...topicNames.map(() => fc.nat(12))) });
const members = fc.array(member, { minLength: 1, maxLength: 6 }).map((list) =>
  list.map(
    ({ topics, counts }, index): Subscription => ({
      memberId: `member-${index}`,
      topics,
      counts: new Map(topicNames.map((topic, at) => [topic, counts[at] ?? 0])),
    }),
  ),
);

test('every partition of a topic goes to one of its subscribers, evenly', () => {
  fc.assert(
    fc.property(members, (list) => {
      const assignments = assignPartitions(list);
      for (const topic of topicNames) {
        const shares = list.map(({ memberId }) => assignments.get(memberId)?.get(topic) ?? []);
        const subscribes = list.map((subscription) => subscription.topics.includes(topic));
        expect(shares.filter((share, index) => share.length > 0 && !subscribes[index])).toEqual([]);
        const sizes = shares.filter((_, index) => subscribes[index]).map((share) => share.length);
        if (sizes.length === 0) continue;
        const count = Math.max(...list.filter((_, index) => subscribes[index]).map(({ counts }) => counts.get(topic) ?? 0));
        expect(shares.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, partition) => partition));
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('the order of the members does not matter', () => {
  fc.assert(
    fc.property(members, (list) => {
      expect(assignPartitions(list.toReversed())).toEqual(assignPartitions(list));
    }),
  );
});

test('members of several topics share them so that none is overloaded', () => {
  const counts = new Map([
    ['a', 1],
    ['b', 1],
  ]);
  const both = ['x', 'y'].map((memberId) => ({ memberId, topics: ['a', 'b'], counts }));
  expect([...assignPartitions(both).values()].map((share) => [...share.keys()])).toEqual([['a'], ['b']]);
});
