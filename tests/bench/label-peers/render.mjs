// Somebody else's interpreter of ZPL in one process that is asked again and again: a line of JSON in, `{"zpl", "width_mm",
// "height_mm", "dots_per_mm"}`, and a line out, the PNG in base64 or, after an exclamation mark, why there is none.
import { createInterface } from 'node:readline';
import { ready } from 'zpl-renderer-js';

const { api } = await ready;
for await (const line of createInterface({ input: process.stdin })) {
  const ask = JSON.parse(line);
  let said;
  try {
    said = await api.zplToBase64Async(ask.zpl, ask.width_mm, ask.height_mm, ask.dots_per_mm);
  } catch (error) {
    said = `!${error}`;
  }
  process.stdout.write(`${String(said).replaceAll('\n', ' ')}\n`);
}
