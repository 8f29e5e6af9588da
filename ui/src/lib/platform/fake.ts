// The host in memory: `npm run dev`, screenshots and unit tests. Never shipped.
export { platform } from './fake/host';
