/* The board: pushed where the browser can, asked for every half minute where it can't. Old browsers read it too. */
(function () {
  "use strict";
  var station = document.body.getAttribute("data-station");
  var path = "/admin/v1/board/" + station;
  var big = window.innerWidth >= 1000;
  var parts = [["urgent", "马上开工"], ["newest", "最新发布"], ["most_places", "缺人最多"]];
  var per = { hour: "元/小时", day: "元/天", piece: "元/件", job: "元/单" };
  var board = null, part = 0, page = 0, tag = null, asking = null;

  function at(id) { return document.getElementById(id); }
  function two(n) { return n < 10 ? "0" + n : String(n); }
  // Times are Linfen's, whatever the computer's zone is.
  function local(iso) { return new Date(new Date(iso).getTime() + 8 * 3600 * 1000); }
  function day(iso) {
    var now = local(new Date().toISOString()), then = local(iso);
    var days = Math.floor(then.getTime() / 864e5) - Math.floor(now.getTime() / 864e5);
    if (days === 0) { return "今天"; }
    if (days === 1) { return "明天"; }
    return (then.getUTCMonth() + 1) + "月" + then.getUTCDate() + "日";
  }
  function hour(iso) { var then = local(iso); return two(then.getUTCHours()) + ":" + two(then.getUTCMinutes()); }
  function yuan(fen) { return fen % 100 ? (fen / 100).toFixed(2) : String(fen / 100); }
  function line(kind, text, into) {
    var made = document.createElement("div");
    made.className = kind;
    made.appendChild(document.createTextNode(text)); // never as HTML
    into.appendChild(made);
    return made;
  }
  function row(job) {
    var made = document.createElement("div"), shift = job.next_shift;
    made.className = "job";
    line("pay", yuan(job.pay.amount_fen) + (per[job.pay.per] || "元"), made);
    line("title", job.title + "(" + job.trade_name + ")", made);
    var about = line("about", day(shift.starts_at) + " " + hour(shift.starts_at) + "—" + hour(shift.ends_at) +
      " · " + (job.place.address || "") + " · " + job.employer.name + " · ", made);
    var left = document.createElement("span");
    left.className = "left";
    left.appendChild(document.createTextNode("还缺 " + job.places_left + " 人"));
    about.appendChild(left);
    return made;
  }
  function fits() {
    if (!big) { return 60; }
    return Math.max(2, Math.floor((window.innerHeight - 330) / 118));
  }
  function show() {
    if (!board) { return; }
    at("name").innerHTML = "";
    at("name").appendChild(document.createTextNode(board.station.name));
    document.title = board.station.name + " · 零活";
    at("sum").innerHTML = "";
    at("sum").appendChild(document.createTextNode("正在招 " + board.jobs + " 个零活,还缺 " + board.places + " 人"));
    at("empty").className = board.jobs ? "hidden" : "";
    var list = at("list"), n, shown;
    list.innerHTML = "";
    at("what").className = board.jobs ? "" : "hidden";
    if (!big) { // a phone scrolls: the newest, all of them
      at("what").innerHTML = "";
      at("what").appendChild(document.createTextNode("最新发布"));
      for (n = 0; n < board.newest.length; n += 1) { list.appendChild(row(board.newest[n])); }
      return;
    }
    shown = board[parts[part][0]];
    at("what").innerHTML = "";
    at("what").appendChild(document.createTextNode(parts[part][1]));
    for (n = page * fits(); n < Math.min(shown.length, (page + 1) * fits()); n += 1) { list.appendChild(row(shown[n])); }
  }
  function turn() { // the next page of this part, or the next part that holds something
    if (!board || !big) { return; }
    page += 1;
    var tries = 0;
    while (page * fits() >= board[parts[part][0]].length && tries < parts.length + 1) {
      part = (part + 1) % parts.length;
      page = 0;
      tries += 1;
    }
    show();
  }
  function take(text) {
    board = JSON.parse(text);
    at("state").innerHTML = "";
    if (page * fits() >= board[parts[part][0]].length) { page = -1; turn(); }
    show();
  }
  function lost() {
    at("state").innerHTML = "";
    at("state").appendChild(document.createTextNode("网络不通,内容可能不是最新"));
  }
  function ask() {
    var request = new XMLHttpRequest();
    request.open("GET", path, true);
    if (tag) { request.setRequestHeader("If-None-Match", tag); }
    request.onreadystatechange = function () {
      if (request.readyState !== 4) { return; }
      if (request.status === 200) { tag = request.getResponseHeader("ETag"); take(request.responseText); }
      else if (request.status !== 304) { lost(); }
    };
    request.send();
  }
  function askOnAndOn() { if (!asking) { ask(); asking = setInterval(ask, 30000); } }
  function listen() {
    if (!window.EventSource || !big) { askOnAndOn(); return; }
    var source = new EventSource(path + "/stream");
    source.addEventListener("board", function (event) {
      if (asking) { clearInterval(asking); asking = null; }
      take(event.data);
    });
    source.onerror = function () {
      lost();
      if (source.readyState === 2) { askOnAndOn(); setTimeout(listen, 60000); } // refused: no room, or no stream
    };
  }
  function tick() {
    var now = local(new Date().toISOString());
    at("clock").innerHTML = two(now.getUTCHours()) + ":" + two(now.getUTCMinutes());
  }
  tick();
  setInterval(tick, 5000);
  setInterval(turn, 10000);
  listen();
}());
