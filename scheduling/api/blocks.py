"""Blocks for programs: drag, pin, finish, put off, answer."""

import uuid

from django.utils import timezone
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.requests import ProgramRequest
from scheduling.models import Block
from scheduling.serializers.plans import AnswerIn, BlockOut, EditOut, MoreTimeIn, MoveIn, PinIn
from scheduling.services import blocks
from timeflow.lib.api import Given, accepts
from timeflow.lib.http import Listing


class BlocksView(generics.ListAPIView[Block]):
    serializer_class = BlockOut
    queryset = Block.objects.none()

    def get_queryset(self):
        return Block.objects.of(self.request.user).select_related("event")

    @accepts(query=Listing, responses=BlockOut(many=True), summary="Planned blocks, in order of creation")
    def get(self, request: ProgramRequest, query: Given) -> Response:
        return self.list(request)


class MoveBlockView(APIView):
    @accepts(body=MoveIn, responses=EditOut, summary="Drag or resize a block; it is pinned there")
    def post(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        edit = blocks.move_block(user=request.user, block_id=pk, now=timezone.now(), **body)
        return Response(EditOut(edit).data)


class PinBlockView(APIView):
    @accepts(body=PinIn, responses=EditOut, summary="Pin a block where it is, or let it go")
    def post(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        edit = blocks.set_pin(user=request.user, block_id=pk, now=timezone.now(), **body)
        return Response(EditOut(edit).data)


class FinishBlockView(APIView):
    @accepts(responses=EditOut, summary="The work of a block is done")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(EditOut(blocks.finish_block(user=request.user, block_id=pk, now=timezone.now())).data)


class PostponeBlockView(APIView):
    @accepts(responses=EditOut, summary="Not now: plan the rest of a block later")
    def post(self, request: ProgramRequest, pk: uuid.UUID) -> Response:
        return Response(EditOut(blocks.postpone_block(user=request.user, block_id=pk, now=timezone.now())).data)


class MoreTimeView(APIView):
    @accepts(body=MoreTimeIn, responses=EditOut, summary="A block needs more minutes")
    def post(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        edit = blocks.more_time(user=request.user, block_id=pk, now=timezone.now(), **body)
        return Response(EditOut(edit).data)


class AnswerBlockView(APIView):
    @accepts(body=AnswerIn, responses=EditOut, summary="How a block that is over went")
    def post(self, request: ProgramRequest, pk: uuid.UUID, body: Given) -> Response:
        edit = blocks.answer_block(user=request.user, block_id=pk, now=timezone.now(), **body)
        return Response(EditOut(edit).data)
