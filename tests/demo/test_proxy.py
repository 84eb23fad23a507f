"""A cut closes sockets and refuses new ones; mended, the same port answers again."""

import socket
import socketserver
import threading

import pytest

from entrypoints.demo.proxy import Network


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        while said := self.request.recv(1024):
            self.request.sendall(said.upper())


@pytest.fixture
def proxy():
    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    network = Network()
    with Server(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        proxy = network.proxy(server.server_address[1])
        yield proxy
        proxy.close()
        server.shutdown()
    network.close()


def call(proxy):
    connection = socket.create_connection(("127.0.0.1", proxy.port), timeout=5)
    connection.sendall(b"bottle")
    assert connection.recv(100) == b"BOTTLE"
    return connection


def test_it_carries_both_ways(proxy):
    with call(proxy), call(proxy):
        pass


def test_a_cut_tears_open_connections_and_refuses_new_ones(proxy):
    with call(proxy) as connection:
        assert proxy.cut() == 1
        with pytest.raises(ConnectionResetError):
            connection.recv(100)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def test_mended_it_answers_on_the_same_port(proxy):
    before = proxy.port
    proxy.cut()
    proxy.restore()
    proxy.restore()
    assert proxy.port == before
    call(proxy).close()


def test_where_nobody_answers_behind_it_the_connection_ends():
    network = Network()
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        proxy = network.proxy(unused.getsockname()[1])
        with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as connection:
            assert connection.recv(100) == b""
    proxy.close()
    network.close()
