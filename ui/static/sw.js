// When the page cannot be opened at all, a page of our own says so. Nothing else is kept here.
const OFFLINE = "/page/offline.html";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open("bancheng-offline").then((cache) => cache.add(new Request(OFFLINE, { cache: "reload" }))));
  self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate") return;
  event.respondWith(fetch(event.request).catch(() => caches.match(OFFLINE)));
});
