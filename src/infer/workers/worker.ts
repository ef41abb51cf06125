import { once } from 'node:events';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../lib/clock.ts';
import { Cascade } from './cascade.ts';
import { doInt8ProductsSaturate } from './int8-saturation.ts';
import { createWholeRunner, type ModelRunner, type RunnerEvents } from './model-runner.ts';
import { openModel } from './open-model.ts';
import type { WorkerOptions, WorkerRequest, WorkerResponse } from './worker-protocol.ts';

// Only inference-thread.ts starts this file, and it passes these options.
const options = workerData as WorkerOptions;
if (!parentPort) throw new Error('worker.ts runs in a worker thread only');
const port = parentPort;
const respond = (response: WorkerResponse, transfer: ArrayBuffer[] = []): void => port.postMessage(response, transfer);

const events: RunnerEvents = {
  onParked: (id) => respond({ kind: 'parked', id }),
  onResult: (id, result) => respond({ kind: 'result', id, result }, [result.probabilities.buffer]),
  onFailure: (id, error) => respond({ kind: 'failed', id, reason: String(error) }),
};

const model = await openModel(options, await doInt8ProductsSaturate());
const { graphs } = model;
const runner: ModelRunner =
  'whole' in graphs
    ? createWholeRunner({ run: graphs.whole, calibration: options.calibration, clock: systemClock, ...events })
    : new Cascade({ ...graphs, ...options, ...events, clock: systemClock });

/** Requests that arrived as events. Later ones are still in the port. */
const arrived: WorkerRequest[] = [];
port.on('message', (request: WorkerRequest) => arrived.push(request));

/** Takes the next request, if there is one, without a turn of the event loop. */
function nextRequest(): WorkerRequest | undefined {
  return arrived.length > 0 ? arrived.shift() : (receiveMessageOnPort(port)?.message as WorkerRequest | undefined); // only the pool sends
}

/** Serves batches until `end`. Posts wait in the runner only while another batch is queued. Errors end the thread, and the pool replaces it. */
async function serve(): Promise<void> {
  for (;;) {
    const request = nextRequest();
    if (request === undefined && !runner.hasParked) await once(port, 'message');
    else if (request === undefined) await runner.flush();
    else if (request.kind === 'batch') await runner.take(request.id, request);
    else return runner.flush();
  }
}

respond({ kind: 'ready' });
await serve();
await model.release();
port.close();
