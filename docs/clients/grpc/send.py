#!/usr/bin/env python3
"""send.py HOST:PORT SIGNED_TRANSACTION: gRPC from Python: a transfer, the next block, a balance.

Debian: apt install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc
Once, beside this file:
  protoc -I proto --python_out=. --grpc_out=. --plugin=protoc-gen-grpc=/usr/bin/grpc_python_plugin proto/troupe/v1/*.proto
SIGNED_TRANSACTION is hexadecimal, as `cast mktx` prints it.
"""
import sys

import grpc
from troupe.v1 import query_pb2, query_pb2_grpc, submit_pb2, submit_pb2_grpc, types_pb2, watch_pb2, watch_pb2_grpc

address, signed = sys.argv[1:3]
with grpc.insecure_channel(address) as channel:
    query = query_pb2_grpc.QueryServiceStub(channel)
    submit = submit_pb2_grpc.SubmitServiceStub(channel)
    watch = watch_pb2_grpc.WatchServiceStub(channel)

    chain = query.GetChainInfo(query_pb2.GetChainInfoRequest(), timeout=10)
    print(f"chain {chain.chain_id}")

    blocks = watch.WatchBlocks(watch_pb2.WatchBlocksRequest(), timeout=30)
    request = submit_pb2.SubmitTransactionRequest(
        raw_transaction=bytes.fromhex(signed.removeprefix("0x")),
        wait_for=types_pb2.TRANSACTION_STAGE_SEQUENCED,
    )
    answer = submit.SubmitTransaction(request, timeout=10)
    print(f"success {answer.receipt.success}, {answer.receipt.gas_used} gas")

    # The transaction's block, when it is sealed. A stream is ended by cancelling it.
    for message in blocks:
        if message.WhichOneof("event") == "block" and message.block.header.number >= answer.block_number:
            print(f"sealed: {message.block.header.number >= answer.block_number}")
            blocks.cancel()
            break

    # A refusal is a status with a reason that programs can read.
    try:
        submit.SubmitTransaction(submit_pb2.SubmitTransactionRequest(raw_transaction=b"\x01"), timeout=10)
    except grpc.RpcError as refused:
        print(f"refused: {refused.code().name}")
