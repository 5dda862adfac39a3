// Gradio's server ends a page's event stream after the last reply. A question sent in the moment between that and the
// browser reading it waited on a stream that was already over, and was never answered. While something is still
// expected, such an end is kept from Gradio and the stream is opened again.
{
  const send = window.fetch;
  let expected = 0; // events taken by the server and not yet completed

  const tell = (why) => document.dispatchEvent(new CustomEvent("bc-missed", { detail: why })); // page.js says it
  const missed = (why) => {
    expected -= 1;
    tell(why);
  };
  const joined = async (input, init) => {
    expected += 1;
    const response = await send(input, init).catch((error) => { missed("lost"); throw error; });
    if (!response.ok) missed(response.status === 503 ? "busy" : "lost");
    return response;
  };

  const isEnd = (event) => event.includes('"msg":"close_stream"');

  async function* events(response) {
    let rest = "";
    for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ;) {
      const { done, value } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n\n");
      rest = parts.pop();
      yield* parts.map((part) => `${part}\n\n`);
    }
    if (rest) yield rest;
  }

  async function* followed(response, again) {
    for (let opened = response; opened;) {
      let end = "";
      for await (const event of events(opened)) {
        if (event.includes('"msg":"process_completed"')) expected = Math.max(0, expected - 1);
        if (isEnd(event)) end = event;
        else yield event;
      }
      opened = end && expected > 0 ? await again() : null;
      if (end && !opened) yield end;
    }
  }

  const listened = async (input, init) => {
    const response = await send(input, init);
    if (!response.ok || !response.body) return response;
    const heard = followed(response, () => send(input, init));
    const body = new ReadableStream({
      async pull(controller) {
        const { done, value } = await heard.next().catch((error) => {
          if (error.name !== "AbortError") tell("lost"); // not when Gradio itself leaves
          throw error;
        });
        if (done) controller.close();
        else controller.enqueue(value);
      },
    }).pipeThrough(new TextEncoderStream());
    return new Response(body, { status: response.status, headers: response.headers });
  };

  window.fetch = (input, init) => {
    const { pathname } = new URL(input.url ?? input, location.href);
    if (pathname.endsWith("/queue/join")) return joined(input, init);
    return pathname.endsWith("/queue/data") ? listened(input, init) : send(input, init);
  };
}
