import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from './simulate.mjs';

const simulated = await simulate(workerData.options, workerData.part, (share) => parentPort.postMessage({ share }));
parentPort.postMessage({ simulated });
