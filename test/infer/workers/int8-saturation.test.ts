import { expect, test } from 'vitest';
import { describeCpu } from '../../../src/infer/workers/describe-cpu.ts';
import { doInt8ProductsSaturate, productGraph } from '../../../src/infer/workers/int8-saturation.ts';
import { field, text, varint } from '../../support/protobuf.ts';

const value = (number: number, name: string, type: number): Buffer => field(number, text(1, name), field(2, field(1, varint(1, type))));

test('the graph is c = MatMulInteger(a, b) of uint8 and int8', () => {
  const [uint8, int8, int32] = [2, 3, 6] as const;
  const node = field(1, text(1, 'a'), text(1, 'b'), text(2, 'c'), text(4, 'MatMulInteger'));
  const graph = field(7, node, text(2, 'g'), value(11, 'a', uint8), value(11, 'b', int8), value(12, 'c', int32));
  const model = Buffer.concat([varint(1, 8), graph, field(8, text(1, ''), varint(2, 13))]); // IR version 8, opset 13
  expect(productGraph).toBe(model.toString('base64'));
});

test('products saturate exactly on x86-64 without VNNI and AMX', async () => {
  expect(await doInt8ProductsSaturate()).toBe(/without VNNI/.test(await describeCpu()));
});
